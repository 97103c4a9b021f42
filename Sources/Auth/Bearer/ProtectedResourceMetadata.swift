internal import JSON

/// The document that tells a client where to sign in and what to ask for, RFC 9728 (A-01 to A-03, E-130 to E-134).
///
/// Built once from settings and never from a request, so that nobody can make us point clients elsewhere (T-13).
package struct ProtectedResourceMetadata: Sendable {
    /// The address of the MCP endpoint, as users type it.
    package let resource: String
    /// Where the document is: what the challenges name as `resource_metadata`.
    package let metadataURL: String
    /// The paths that serve it: the one that clients derive from ``resource``, and the root form.
    package let paths: [String]
    /// The scopes to ask for, fully qualified and separated by blanks (E-133).
    package let scope: String
    /// The document, JSON in UTF-8.
    package let document: [UInt8]

    /// How long clients may keep the document: a stale one prolongs outages (E-134).
    package static let cacheControl = "public, max-age=300"
    /// What hosts show to people.
    package static let resourceName = "Azure Databricks Jobs MCP server"

    private let appIDURI: String

    /// Builds the document.
    ///
    /// - Parameters:
    ///   - baseURL: `MCP_BASE_URL`; the endpoint is `/mcp` below it.
    ///   - authorizationServer: The only one: ``EntraEndpoints/issuer`` (E-134), or our own address where we publish
    ///     Entra ID's metadata as ours (E-137).
    ///   - appIDURI: `AZURE_APP_ID_URI`: what stands before the scopes' short names (E-131).
    ///   - requiredScopes: Short names.
    ///   - documentationURL: A page for people, if there is one.
    package init(
        baseURL: PublicURL, authorizationServer: String, appIDURI: String, requiredScopes: [String],
        documentationURL: String? = nil
    ) {
        let wellKnown = "/.well-known/oauth-protected-resource"
        resource = "\(baseURL)/mcp"
        metadataURL = "\(baseURL.origin)\(wellKnown)\(baseURL.path)/mcp"
        paths = ["\(wellKnown)\(baseURL.path)/mcp", wellKnown]
        let scopes = requiredScopes.map { "\(appIDURI)/\($0)" }
        scope = scopes.joined(separator: " ")
        self.appIDURI = appIDURI
        document = Self.document(
            resource: resource, authorizationServer: authorizationServer, scopes: scopes,
            documentationURL: documentationURL)
    }

    /// What this server tells clients, in one line for the start of the log (E-132).
    package var summary: String { "advertised resource=\(resource) scope=\(scope)" }

    /// What Entra ID may refuse about that, or `nil` when scope and resource are of one identifier URI (E-132).
    package var warning: String? {
        guard appIDURI != resource else { return nil }
        return "clients that follow the specification send resource=\(resource) with scope \(scope); Entra ID answers "
            + "AADSTS9010010 unless that URL is registered as an identifier URI of the same app registration. Register "
            + "it, and set AZURE_APP_ID_URI to it."
    }

    /// Whether `text` may stand in a challenge: visible ASCII without quote and backslash, RFC 6749 section 3.3.
    package static func isScopeText(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
    }

    private static func document(
        resource: String, authorizationServer: String, scopes: [String], documentationURL: String?
    ) -> [UInt8] {
        var members: JSONObject = [
            "resource": .string(resource), "authorization_servers": [.string(authorizationServer)],
            "scopes_supported": .array(scopes.map(JSONValue.string)), "bearer_methods_supported": ["header"],
            "resource_name": .string(resourceName),
        ]
        if let documentationURL { members["resource_documentation"] = .string(documentationURL) }
        var writer = JSONWriter()
        writer.value(.object(members))
        return writer.bytes
    }
}
