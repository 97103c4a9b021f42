internal import JSON

/// Entra ID's metadata republished under our own address, for clients that insist on a statement about PKCE (E-137).
///
/// Entra ID supports PKCE with S256 and does not say so; some clients refuse to sign in then. Sign-in itself still
/// happens at Entra ID: no code and no token of a client passes through here. Nothing in it invites dynamic
/// registration, which Entra ID does not offer (E-138).
package struct AuthorizationServerMetadata: Sendable, Equatable {
    /// The document, JSON in UTF-8.
    package let document: [UInt8]

    /// The paths under which clients look for the document of the authorization server `baseURL`, RFC 8414 section 3.
    ///
    /// - Parameter baseURL: `MCP_BASE_URL`.
    /// - Returns: Two or, below a path, three paths.
    package static func paths(for baseURL: PublicURL) -> [String] {
        let path = baseURL.path
        let inserted = ["/.well-known/oauth-authorization-server\(path)", "/.well-known/openid-configuration\(path)"]
        return path.isEmpty ? inserted : inserted + ["\(path)/.well-known/openid-configuration"]
    }

    /// Rewrites the tenant's metadata; `nil` when an endpoint that a sign-in needs is missing or elsewhere.
    ///
    /// - Parameters:
    ///   - original: Entra ID's document.
    ///   - issuer: `MCP_BASE_URL`: what clients fetched the document for, and therefore compare.
    ///   - authority: ``EntraEndpoints/authority``; endpoints elsewhere are left out (E-159).
    init?(rewriting original: JSONDocument, issuer: PublicURL, authority: String) {
        let members = original.root.members.filter { Self.isKept($0, authority: authority) }
        let needed = ["authorization_endpoint", "token_endpoint", "jwks_uri"]
        guard needed.allSatisfy({ name in members.contains { $0.isNamed(name) } }) else { return nil }
        var object = JSONObject(members.map { ($0.name, JSONValue($0.value)) })
        object["issuer"] = .string("\(issuer)")
        object["code_challenge_methods_supported"] = ["S256"]
        document = JSONValue.object(object).serialized
    }

    private static func isKept(_ member: JSONMember, authority: String) -> Bool {
        guard !member.isNamed("registration_endpoint") else { return false }
        guard let text = member.value.string, text.contains("://") else { return true }
        return text.hasPrefix("\(authority)/")
    }
}
