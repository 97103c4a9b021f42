/// The settings that tokens are checked against, as one line for the start of the log (K-22).
package enum AuthConfigSummary {
    /// The line in the wording that people grep for.
    ///
    /// `Auth config: base_url=... issuer=... audiences=[...] required_scopes=[...] jwks_uri=...`
    package static func line(baseURL: PublicURL, policy: TokenPolicy, endpoints: EntraEndpoints) -> String {
        let issuers = ([policy.issuer] + [policy.v1Issuer].compactMap { $0 }).joined(separator: ",")
        return "Auth config: base_url=\(baseURL) issuer=\(issuers) audiences=[\(list(policy.audiences))] "
            + "required_scopes=[\(list(policy.requiredScopes))] jwks_uri=\(endpoints.jwksURL)"
    }

    private static func list(_ texts: [String]) -> String { texts.joined(separator: ", ") }
}
