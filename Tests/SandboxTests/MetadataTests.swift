internal import HTTPSyntax
internal import HTTPTransport
internal import JSON
internal import OpenSSL
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct MetadataTests {
    private let tenant = SandboxIdentity.tenantID

    @Test("Serves the discovery document of both versions with its own address (E-170)", arguments: [1, 2])
    func discovery(version: Int) async throws {
        try await withClient { client in
            let path = version == 2 ? "v2.0/.well-known" : ".well-known"
            let answer = try await client.get("/\(tenant)/\(path)/openid-configuration")
            let document = try answer.json
            let base = "\(client.sandbox.baseURL)/\(tenant)"
            #expect(answer.status == 200)
            #expect(document["issuer"]?.text == (version == 2 ? "\(base)/v2.0" : "\(base)/"))
            #expect(document["jwks_uri"]?.text == "\(base)/discovery/\(version == 2 ? "v2.0/" : "")keys")
            #expect(document["token_endpoint"]?.text == "\(base)/oauth2/v2.0/token")
            #expect(document["code_challenge_methods_supported"] == nil)
            #expect(document["registration_endpoint"] == nil)
            #expect(answer.headers["Cache-Control"] == "max-age=86400, private")
        }
    }

    @Test("Publishes several usable keys, and issuers in the second version only (E-171)")
    func keys() async throws {
        try await withClient { client in
            let keys = try await client.get("/\(tenant)/discovery/v2.0/keys").json["keys"]?.list ?? []
            #expect(keys.compactMap { $0["kid"]?.text } == ["k-2026-a", "k-2026-b"])
            let issuers = keys.compactMap { $0["issuer"]?.text }
            let base = client.sandbox.baseURL
            #expect(issuers == ["\(base)/\(tenant)/v2.0", "\(base)/{tenantid}/v2.0"])
            for key in keys {
                let modulus = try #require(key["n"]?.text.flatMap { Base64URL.decode(strictly: $0) })
                let exponent = try #require(key["e"]?.text.flatMap { Base64URL.decode(strictly: $0) })
                #expect(throws: Never.self) { try VerificationKey(modulus: modulus, exponent: exponent) }
                let certificate = try #require(key["x5c"]?.list.first?.text.flatMap { Base64.decode(strictly: $0) })
                #expect(certificate.split(separator: modulus).count == 2, "the certificate holds the same modulus")
            }
            let first = try await client.get("/\(tenant)/discovery/keys").json["keys"]?.list ?? []
            #expect(first.count == 2)
            #expect(first.allSatisfy { $0["issuer"] == nil })
        }
    }

    @Test("Rotates, withdraws and corrupts keys")
    func rotation() async throws {
        try await withClient { client in
            let sandbox = client.sandbox
            #expect(try sandbox.changeKeys(.rotate(isPublished: false)) == "k-2026-c")
            #expect(sandbox.publishedKeyIDs == ["k-2026-a", "k-2026-b"])
            try sandbox.changeKeys(.publish(kid: "k-2026-c"))
            try sandbox.changeKeys(.remove(kid: "k-2026-a"))
            try sandbox.changeKeys(.corrupt(true))
            let keys = try await client.get("/\(tenant)/discovery/v2.0/keys").json["keys"]?.list ?? []
            #expect(keys.compactMap { $0["kid"]?.text } == ["k-2026-b", "k-corrupt", "k-2026-c"])
            #expect(try header(of: sandbox.token(user: "alice"))["kid"] == "k-2026-c")
            #expect(throws: SandboxError.self) { try sandbox.changeKeys(.activate(kid: "k-none")) }
        }
    }

    @Test(
        "Does not serve metadata at the inserted paths (E-172, A-32)",
        arguments: [
            "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
        ])
    func insertedPaths(path: String) async throws {
        try await withClient { client in
            let answer = try await client.get("\(path)/\(tenant)/v2.0")
            #expect(answer.status == 404)
            #expect(answer.headers["Content-Type"] == "text/plain; charset=utf-8")
        }
    }

    @Test(
        "Answers an unknown tenant with 90002",
        arguments: [
            "v2.0/.well-known/openid-configuration", "discovery/v2.0/keys",
        ])
    func unknownTenant(path: String) async throws {
        try await withClient { client in
            let answer = try await client.get("/99999999-0000-4000-8000-000000000099/\(path)")
            #expect(answer.status == 400)
            #expect(try answer.json["error_codes"]?.list == [90002])
        }
    }

    @Test("Echoes a client's request id only when asked to, and sets cookies")
    func commonHeaders() async throws {
        try await withClient { client in
            let id = "9A000000-0000-4000-8000-0000000000F2"
            let path = "/\(tenant)/discovery/v2.0/keys"
            let silent = try await client.get(path, headers: ["client-request-id": id])
            #expect(silent.headers["client-request-id"] == nil)
            let asked = try await client.get(
                path, headers: ["client-request-id": id, "return-client-request-id": "true"])
            #expect(asked.headers["client-request-id"] == id.lowercased())
            #expect(asked.headers["x-ms-ests-server"] == "standin")
            #expect(asked.headers.values(for: "Set-Cookie").count == 2)
            #expect(asked.headers["x-ms-request-id"] != silent.headers["x-ms-request-id"])
        }
    }
}

/// The header of a compact token.
func header(of token: String) throws -> JSONValue { try segment(0, of: token) }

/// The claims of a compact token.
func claims(of token: String) throws -> JSONValue { try segment(1, of: token) }

private func segment(_ index: Int, of token: String) throws -> JSONValue {
    let parts = token.split(separator: ".")
    try #require(parts.count > index)
    return try JSONValue.parse(try #require(Base64URL.decode(strictly: parts[index])))
}
