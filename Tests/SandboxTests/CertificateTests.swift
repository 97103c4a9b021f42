internal import HTTPSyntax
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct CertificateTests {
    private static let shared = Result { try SandboxCertificate() }

    @Test("Accepts an assertion of a registered certificate (E-187)", arguments: ["PS256", "RS256"])
    func accepts(_ algorithm: String) async throws {
        try await withClient { client in
            let certificate = try Self.shared.get()
            try client.sandbox.setCertificates([certificate.pem])
            let assertion = ClientAssertion(certificate: certificate, algorithm: algorithm)
            let answer = try await client.exchange(assertion: try await assertion.signed(for: client.sandbox))
            let token = try claims(of: try #require(answer["access_token"]?.text))
            #expect(token["appidacr"] == "2")
        }
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: Int64
        var algorithm = "PS256"
        var header: [String: JSONValue] = [:]
        var claims: [String: JSONValue] = [:]
        var saltLength = 32
        /// Seconds by which the client's clock is wrong.
        var skew: Int64 = 0
        var isRegistered = true

        static let all: [Refusal] = [
            Refusal(testDescription: "an unregistered certificate", code: 700027, isRegistered: false),
            Refusal(testDescription: "no thumbprint", code: 700027, header: ["x5t#S256": nil]),
            Refusal(testDescription: "an unknown thumbprint", code: 700027, header: ["x5t#S256": "AAAA"]),
            Refusal(testDescription: "another salt length", code: 700027, saltLength: 20),
            Refusal(testDescription: "a signature of another form", code: 700027, header: ["alg": "RS256"]),
            Refusal(testDescription: "another algorithm", code: 50027, header: ["alg": "PS512"]),
            Refusal(testDescription: "another subject", code: 700021, claims: ["sub": "somebody"]),
            Refusal(
                testDescription: "another client", code: 700021,
                claims: [
                    "iss": .string(SandboxIdentity.machineAppID), "sub": .string(SandboxIdentity.machineAppID),
                ]),
            Refusal(
                testDescription: "another audience", code: 700023, claims: ["aud": "https://login.microsoftonline.com/"]
            ),
            Refusal(testDescription: "a clock ten minutes ahead", code: 700024, skew: 600),
            Refusal(testDescription: "a clock ten minutes behind", code: 700024, skew: -600),
            Refusal(testDescription: "no expiry", code: 50027, claims: ["exp": nil]),
            Refusal(testDescription: "no id", code: 50027, claims: ["jti": nil]),
            Refusal(testDescription: "no issuer", code: 50027, claims: ["iss": nil]),
        ]
    }

    @Test("Refuses an assertion with", arguments: Refusal.all)
    func refuses(_ row: Refusal) async throws {
        try await withClient { client in
            let certificate = try Self.shared.get()
            if row.isRegistered { try client.sandbox.setCertificates([certificate.certificatePEM]) }
            var assertion = ClientAssertion(
                certificate: certificate, algorithm: row.algorithm, header: row.header, claims: row.claims,
                saltLength: row.saltLength)
            if row.skew != 0 {
                let now = client.sandbox.clock.seconds + row.skew
                assertion.claims = ["nbf": .integer(now), "exp": .integer(now + 600)]
            }
            let body = try await client.exchange(assertion: try await assertion.signed(for: client.sandbox))
            #expect(body["error_codes"]?.list == [.integer(row.code)])
        }
    }

    @Test("Refuses a certificate that has expired")
    func expired() async throws {
        try await withClient { client in
            let certificate = try SandboxCertificate(lastYear: 2024)
            try client.sandbox.setCertificates([certificate.pem])
            let assertion = try await ClientAssertion(certificate: certificate).signed(for: client.sandbox)
            let body = try await client.exchange(assertion: assertion)
            #expect(body["error_codes"]?.list == [1_000_502])
            #expect(body["error"] == "invalid_client")
        }
    }

    @Test("Takes certificates as PEM and as Base64 of DER over HTTP", arguments: [true, false])
    func registration(isPEM: Bool) async throws {
        try await withClient { client in
            let certificate = try Self.shared.get()
            let text = isPEM ? certificate.pem : Base64.encode(certificate.certificate)
            let body: JSONValue = ["certificates": [.string(text)], "secrets": []]
            let path = "apps/\(SandboxIdentity.apiClientID)"
            #expect(try await client.control(.post, path, body.description).status == 200)
            let assertion = try await ClientAssertion(certificate: certificate).signed(for: client.sandbox)
            #expect(try await client.exchange(assertion: assertion)["access_token"] != nil)
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"))
            #expect(try await client.tokenEndpoint(form).json["error_codes"]?.list == [7_000_215])

            let broken = try await client.control(.post, path, #"{"certificates": ["none"]}"#)
            #expect(try broken.json["error"]?.text?.hasPrefix("A certificate cannot be read") == true)
        }
    }

    @Test("Refuses an assertion of a public client, and one without or with another type")
    func forms() async throws {
        try await withClient { client in
            let base = [("grant_type", "client_credentials"), ("scope", "x/.default"), ("client_assertion", "a.b.c")]
            let type = ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            let api = ("client_id", SandboxIdentity.apiClientID)
            let cases = [
                (base + [("client_id", SandboxIdentity.clientAppID), type], 700025 as Int64), (base + [api], 900144),
                (base + [api, ("client_assertion_type", "x")], 9_002_313), (base + [api, type], 50027),
            ]
            for (form, code) in cases {
                let body = try await client.tokenEndpoint(form).json
                #expect(body["error_codes"]?.list == [.integer(code)])
            }
        }
    }
}
