internal import HTTPSyntax
internal import JSON
internal import OpenSSL
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct TokenForgeTests {
    @Test("Makes every flaw, each different from a sound token", arguments: TokenOrder.Flaw.allCases)
    func flaws(_ flaw: TokenOrder.Flaw) async throws {
        try await withSandbox { sandbox in
            let token = try sandbox.token(user: "alice", flaw: flaw)
            let segments = token.split(separator: ".", omittingEmptySubsequences: false).count
            switch flaw {
            case .fiveSegments: #expect(segments == 5)
            case .twoSegments: #expect(segments == 2)
            case .tooLarge: #expect(token.utf8.count > 32_768)
            case .algorithmNone: #expect(token.hasSuffix("."))
            case .padded: #expect(token.contains("="))
            case .expired: #expect(try #require(try claims(of: token)["exp"]?.number) < sandbox.clock.seconds)
            case .noScope: #expect(try claims(of: token)["scp"] == nil)
            case .unknownKey: #expect(try header(of: token)["kid"]?.text?.hasPrefix("unknown-") == true)
            case .noKey: #expect(try header(of: token)["kid"] == nil)
            case .nonceHeader: #expect(try header(of: token)["nonce"] != nil)
            case .algorithmHS256: #expect(try header(of: token)["alg"] == "HS256")
            case .severalAudiences: #expect(try claims(of: token)["aud"]?.list.count == 2)
            default: #expect(segments == 3)
            }
        }
    }

    @Test("Signs a sound token with the published key in use")
    func sound() async throws {
        try await withClient { client in
            let token = try client.sandbox.token(user: "guest")
            let kid = try #require(try header(of: token)["kid"])
            let path = "/\(client.sandbox.tenantID)/discovery/v2.0/keys"
            let keys = try await client.get(path).json["keys"]?.list ?? []
            let key = try #require(keys.first { $0["kid"] == kid })
            let modulus = try #require(key["n"]?.text.flatMap { Base64URL.decode(strictly: $0) })
            let exponent = try #require(key["e"]?.text.flatMap { Base64URL.decode(strictly: $0) })
            let parts = token.split(separator: ".")
            let signature = try #require(Base64URL.decode(strictly: parts[2]))
            let signed = Array("\(parts[0]).\(parts[1])".utf8)
            #expect(try VerificationKey(modulus: modulus, exponent: exponent).isValid(signature: signature, of: signed))
            let found = try claims(of: token)
            #expect(found["iss"]?.text == "\(client.sandbox.baseURL)/\(client.sandbox.tenantID)/v2.0")
            #expect(found["acct"] == 1)
            #expect(found["idp"] != nil)
        }
    }

    @Test("Draws lifetimes of 60 to 90 minutes, the same ones from the same seed")
    func lifetimes() async throws {
        let configuration = SandboxConfiguration(clock: .frozen(atMilliseconds: 1_790_000_000_000))
        let drawn = { @Sendable (sandbox: Sandbox) in
            try (0..<5).map { _ in try claims(of: sandbox.token(user: "alice"))["exp"]?.number ?? 0 }
        }
        let first = try await withSandbox(configuration, drawn)
        let second = try await withSandbox(configuration, drawn)
        #expect(first == second)
        #expect(first.allSatisfy { (3600...5400).contains($0 - 1_790_000_000) })
        #expect(Set(first).count > 1)
    }

    @Test("Has app, agent and ID tokens")
    func kinds() async throws {
        try await withSandbox { sandbox in
            let app = try claims(of: sandbox.token(TokenOrder(kind: .app)))
            #expect(app["idtyp"] == "app")
            #expect(app["roles"] == ["Jobs.Read"])
            #expect(app["oid"] == app["sub"])
            let agent = try claims(of: sandbox.token(TokenOrder(kind: .agent)))
            #expect(agent["xms_act_fct"] == "3 9 11")
            let identity = try claims(of: sandbox.token(TokenOrder(kind: .id)))
            #expect(identity["nonce"] != nil && identity["scp"] == nil && identity["azp"] == nil)
        }
    }
}
