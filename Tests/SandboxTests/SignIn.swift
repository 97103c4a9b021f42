internal import HTTPSyntax
internal import HTTPTransport
internal import JSON
internal import OpenSSL
internal import Sandbox
internal import Testing

/// A public client that signs a person in with PKCE, as MCP clients do; correct until something is changed.
struct SignIn: Sendable {
    static let verifier = "0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
    static let apiScope = "api://\(SandboxIdentity.apiClientID)/jobs"

    var clientID = SandboxIdentity.clientAppID
    var redirect = "http://127.0.0.1:33418/"
    var scope = "\(apiScope) offline_access openid"
    var resource: String?
    /// Parameters of the authorization request that are added, replaced, or removed by `nil`.
    var changes: [String: String?] = [:]

    /// The path and query of the authorization request.
    var path: String {
        let usual: [String: String?] = [
            "client_id": clientID, "response_type": "code", "redirect_uri": redirect, "scope": scope,
            "state": "a b&c", "code_challenge_method": "S256", "resource": resource,
            "code_challenge": Base64URL.encode(SHA256.digest(Self.verifier).bytes),
        ]
        let query = usual.merging(changes) { $1 }.compactMap { name, value in
            value.map { "\(name)=\(SandboxClient.encoded($0))" }
        }
        return "/\(SandboxIdentity.tenantID)/oauth2/v2.0/authorize?\(query.sorted().joined(separator: "&"))"
    }

    func authorize(_ client: SandboxClient) async throws -> HTTPResponse { try await client.get(path) }

    /// The parameters that an answer to the authorization request carries back, still encoded.
    func parameters(_ answer: HTTPResponse, mark: String = "?") throws -> [String: String] {
        try #require(answer.status == 302)
        let text = try #require(answer.headers["Location"])
        try #require(text.hasPrefix(redirect + mark))
        return text.dropFirst(redirect.count + mark.count).split(separator: "&").reduce(into: [:]) { fields, pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            fields[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
    }

    func code(_ client: SandboxClient) async throws -> String {
        let parameters = try parameters(try await authorize(client))
        return try #require(parameters["code"], "\(parameters)")
    }

    /// The AADSTS code that the authorization request is refused with; `nil` when it is not.
    func refusal(_ client: SandboxClient) async throws -> String? {
        let description = try parameters(try await authorize(client))["error_description"]
        return description.map { String($0.dropFirst("AADSTS".count).prefix { $0.isNumber }) }
    }

    func redeem(
        _ client: SandboxClient, code: String, _ changes: [String: String?] = [:], headers: HeaderList = [:]
    ) async throws -> HTTPResponse {
        let usual: [String: String?] = [
            "grant_type": "authorization_code", "client_id": clientID, "code": code, "redirect_uri": redirect,
            "code_verifier": Self.verifier, "resource": resource,
        ]
        return try await client.tokenEndpoint(Self.form(usual, changes), headers: headers)
    }

    func refresh(
        _ client: SandboxClient, _ token: String, _ changes: [String: String?] = [:], headers: HeaderList = [:]
    ) async throws -> HTTPResponse {
        let usual: [String: String?] = [
            "grant_type": "refresh_token", "client_id": clientID, "refresh_token": token, "resource": resource,
        ]
        return try await client.tokenEndpoint(Self.form(usual, changes), headers: headers)
    }

    /// Signs in and redeems the code.
    func tokens(_ client: SandboxClient, headers: HeaderList = [:]) async throws -> JSONValue {
        let answer = try await redeem(client, code: try await code(client), headers: headers)
        try #require(answer.status == 200, "\(answer.text)")
        return try answer.json
    }

    private static func form(_ usual: [String: String?], _ changes: [String: String?]) -> [(String, String)] {
        usual.merging(changes) { $1 }.compactMap { name, value in value.map { (name, $0) } }.sorted { $0.0 < $1.0 }
    }
}
