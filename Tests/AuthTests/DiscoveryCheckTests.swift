internal import Auth
internal import HTTPTransport
internal import JSON
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct DiscoveryCheckTests {
    private func outcome(
        _ answer: Result<HTTPResponse, TransportError>
    ) async throws -> DiscoveryCheck.Outcome {
        let transport = StubTransport(answering: [answer])
        let outcome = await DiscoveryCheck(endpoints: try Fixed.endpoints(), transport: transport).run()
        #expect(transport.requests.map(\.url) == ["\(Fixed.issuer)/.well-known/openid-configuration"])
        return outcome
    }

    private func document(issuer: JSONValue, keys: JSONValue) -> HTTPResponse {
        .json(200, ["issuer": issuer, "jwks_uri": keys, "token_endpoint": "https://evil.example"])
    }

    @Test("Is content when Entra ID says what the settings say (E-30)")
    func consistent() async throws {
        let keys = try Fixed.endpoints().jwksURL
        let answer = document(issuer: .string(Fixed.issuer), keys: .string(keys))
        #expect(try await outcome(.success(answer)) == .consistent)
    }

    @Test("Names each contradiction (E-30, E-159)")
    func contradiction() async throws {
        let answer = document(issuer: "https://other\n", keys: .null)
        let keys = try Fixed.endpoints().jwksURL
        #expect(
            try await outcome(.success(answer))
                == .contradiction([
                    "issuer is https://other?, expected \(Fixed.issuer)", "jwks_uri is absent, expected \(keys)",
                ]))
    }

    @Test("Tells an unknown tenant from an unreachable authority (E-30)")
    func failures() async throws {
        let unknown = "https://login.microsoftonline.com does not know the tenant \(Fixed.tenant)"
        #expect(try await outcome(.success(HTTPResponse(status: 400))) == .contradiction([unknown]))
        #expect(try await outcome(.success(HTTPResponse(status: 503))) == .unreachable("HTTP status 503"))
        #expect(
            try await outcome(.success(HTTPResponse(status: 200, body: Array("<html>".utf8))))
                == .unreachable("not a metadata document"))
        let twice = #"{"issuer":"\#(Fixed.issuer)","jwks_uri":"x","issuer":"https://other"}"#
        #expect(
            try await outcome(.success(HTTPResponse(status: 200, body: Array(twice.utf8))))
                == .unreachable("not a metadata document"))
        #expect(
            try await outcome(.failure(TransportError(.dns, requestWasSent: false, detail: "no such host")))
                == .unreachable("dns: no such host"))
    }
}
