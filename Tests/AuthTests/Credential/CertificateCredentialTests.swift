internal import Auth
internal import Foundation
internal import HTTPSyntax
internal import HTTPTransport
internal import JSON
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct CertificateCredentialTests {
    @Test("Sends an assertion as Entra ID wants it, which another implementation verifies (E-70, E-187)")
    func assertion() async throws {
        try await withCertificate { folder, path in
            let bench = try await Self.bench(path)
            _ = try await bench.token()
            #expect(
                bench.sent("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            #expect(bench.sent("client_secret") == nil)
            let token = try #require(bench.sent("client_assertion"))
            let header = try Self.part(0, of: token)
            let claims = try Self.part(1, of: token)
            let printed = try await OpenSSLCommand.run(
                "x509 -in certificate.pem -noout -fingerprint -sha256", in: folder)
            let thumbprint = try #require(header["x5t#S256"]?.text.flatMap { Base64URL.decode(strictly: $0) })
            #expect(printed.filter(\.isHexDigit).lowercased().hasSuffix(Self.hex(thumbprint)))
            #expect(header["alg"] == "PS256" && header["typ"] == "JWT")
            #expect(
                claims["aud"] == "https://login.microsoftonline.com/\(Fixed.tenant)/oauth2/v2.0/token")
            #expect(claims["iss"] == .string(Fixed.api) && claims["sub"] == .string(Fixed.api))
            #expect(claims["nbf"] == .integer(Fixed.now) && claims["iat"] == .integer(Fixed.now))
            #expect(claims["exp"] == .integer(Fixed.now + 600))
            #expect(claims["jti"]?.text.flatMap { GUID($0) } != nil)
            try await Self.expectVerified(token, in: folder)
        }
    }

    @Test("Uses an assertion again until shortly before it expires, then signs another one")
    func reuse() async throws {
        try await withCertificate { _, path in
            let bench = try await Self.bench(path)
            _ = try await bench.token(1)
            bench.clock.advance(by: .seconds(479))
            _ = try await bench.token(2)
            bench.clock.advance(by: .seconds(1))
            _ = try await bench.token(3)
            let assertions = (0..<3).map { bench.sent("client_assertion", at: $0) }
            #expect(assertions[0] == assertions[1])
            #expect(assertions[1] != assertions[2])
            let ids = try assertions.map { try Self.part(1, of: $0 ?? "")["jti"] }
            #expect(ids[0] != ids[2])
        }
    }

    @Test("Loads a replaced file, and keeps the former certificate when the file is of no use")
    func replacedFile() async throws {
        try await withCertificate { _, path in
            let bench = try await Self.bench(path)
            _ = try await bench.token(1)
            try Data("no certificate".utf8).write(to: URL(fileURLWithPath: path))
            _ = try await bench.token(2)
            #expect(bench.sent("client_assertion", at: 0) == bench.sent("client_assertion", at: 1))

            // Valid since 2020, and so by the test's clock, too.
            let other = try SandboxCertificate()
            try Data(other.pem.utf8).write(to: URL(fileURLWithPath: path))
            _ = try await bench.token(3)
            let thumbprints = try [0, 2].map {
                try Self.part(0, of: bench.sent("client_assertion", at: $0) ?? "")["x5t#S256"]
            }
            #expect(thumbprints[0] != thumbprints[1])
            // Tokens bought with the former certificate are not served any more (E-60).
            _ = try await bench.token(1)
            #expect(bench.entra.requests.count == 4)
        }
    }

    @Test("Says what came of reading the file again")
    func reload() async throws {
        try await withCertificate { _, path in
            let credential = CertificateCredential(
                file: try CertificateFile(path: path, now: TimeSource.system.wallSeconds()),
                clientID: try #require(GUID(Fixed.api)), endpoints: try Fixed.endpoints())
            #expect(await credential.reload() == .unchanged)
            try Data("no certificate".utf8).write(to: URL(fileURLWithPath: path))
            #expect(await credential.reload() == .unusable)
            #expect(await credential.reload() == .unusable, "it still is")
            try Data(SandboxCertificate().pem.utf8).write(to: URL(fileURLWithPath: path))
            #expect(await credential.reload() == .replaced)
            #expect(credential.generation == 1)
        }
    }

    @Test("Tells when the certificate in use expires, also after a replacement, and none of a file of no use")
    func expiry() async throws {
        let api = try #require(GUID(Fixed.api))
        try await withCertificate { _, path in
            let write = { (text: String) in try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
            try write(SandboxCertificate(lastYear: 2040).pem)
            let credential = CertificateCredential(
                file: try CertificateFile(path: path, now: Fixed.now), clientID: api,
                endpoints: try Fixed.endpoints())
            let check = CredentialCheck(credential: credential, clientID: api)
            #expect(check.expiry == 2_240_611_199, "31 December 2040")
            try write("no certificate")
            #expect(await credential.reload() == .unusable)
            #expect(check.expiry == 2_240_611_199)
            try write(SandboxCertificate(lastYear: 2041).pem)
            #expect(await credential.reload() == .replaced)
            #expect(check.expiry == 2_272_147_199, "31 December 2041")
        }
        #expect(CredentialCheck(credential: SecretCredential(Secret("s")), clientID: api).expiry == nil)
    }

    @Test(
        "Signs a fresh assertion once when Entra ID refuses the one at hand (E-71)",
        arguments: [700024, 700027, 7_000_214, 1_000_502, 7_000_274, 7_000_277])
    func freshAssertion(code: Int) async throws {
        try await withCertificate { _, path in
            let refusal = OBORig.refused(code, error: "invalid_client", status: 401)
            let cured = try await Self.bench(path, .success(refusal), .success(OBORig.granted()))
            _ = try await cured.token()
            #expect(cured.sent("client_assertion", at: 0) != cured.sent("client_assertion", at: 1))

            let hopeless = try await Self.bench(path, .success(refusal))
            #expect(try await hopeless.error().code == code)
            #expect(hopeless.entra.requests.count == 2)
        }
    }

    @Test(
        "Does not try again when a fresh assertion cannot help (E-71)",
        arguments: [7_000_215, 700016, 7_000_222, 700025, 700213])
    func noFreshAssertion(code: Int) async throws {
        try await withCertificate { _, path in
            let bench = try await Self.bench(
                path, .success(OBORig.refused(code, error: "invalid_client", status: 401)))
            #expect(try await bench.error().code == code)
            #expect(bench.entra.requests.count == 1)
        }
    }

    @Test("A wrong clock is named: the assertion is out of date twice, and the operator reads why (E-187)")
    func wrongClock() async throws {
        try await withCertificate { _, path in
            let bench = try await Self.bench(
                path, .success(OBORig.refused(700024, error: "invalid_client", status: 401)))
            bench.clock.shiftWall(by: 1_800)
            let error = try await bench.error()
            #expect(error.failureClass == .transient)
            #expect(error.operatorMessage.contains("Check the clock of this machine."))
            let claims = try Self.part(1, of: bench.sent("client_assertion", at: 1) ?? "")
            #expect(claims["iat"] == .integer(Fixed.now + 1_800))
        }
    }

    @Test("Refuses a file whose certificate has expired or is not valid yet")
    func validity() async throws {
        try await withCertificate { _, path in
            let now = TimeSource.system.wallSeconds()
            let days = try CertificateFile(path: path, now: now).daysLeft(at: now)
            #expect([364, 365].contains(days))
            let late = #expect(throws: CertificateFile.Problem.self) {
                try CertificateFile(path: path, now: now + 366 * 86_400)
            }
            #expect(late?.description.contains("expired") == true)
            let early = #expect(throws: CertificateFile.Problem.self) {
                try CertificateFile(path: path, now: now - 3_600)
            }
            #expect(early?.description.contains("not valid yet") == true)
        }
    }

    // MARK: - Helpers

    private func withCertificate(_ body: (URL, String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("client.pem")
            try Data(try await OpenSSLCommand.makeCertificate(in: folder).utf8).write(to: file)
            try await body(folder, file.path)
        }
    }

    private static func bench(
        _ path: String, _ answers: Result<HTTPResponse, TransportError>...
    ) async throws -> CredentialBench {
        let file = try CertificateFile(path: path, now: TimeSource.system.wallSeconds())
        let clientID = try #require(GUID(Fixed.api))
        let endpoints = try Fixed.endpoints()
        return try await CredentialBench(
            { CertificateCredential(file: file, clientID: clientID, endpoints: endpoints, time: $0) },
            StubTransport(answering: answers.isEmpty ? [.success(OBORig.granted())] : answers))
    }

    private static func part(_ index: Int, of token: String) throws -> JSONValue {
        let parts = token.split(separator: ".")
        let bytes = try #require(Base64URL.decode(strictly: parts[index]))
        return JSONValue(try JSONDocument(parsing: bytes, limits: .upstream).root)
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func expectVerified(_ token: String, in folder: URL) async throws {
        let parts = token.split(separator: ".")
        let signature = try #require(Base64URL.decode(strictly: parts[2]))
        try Data("\(parts[0]).\(parts[1])".utf8).write(to: folder.appendingPathComponent("message"))
        try Data(signature).write(to: folder.appendingPathComponent("signature"))
        try await OpenSSLCommand.run("x509 -in certificate.pem -pubkey -noout -out public.pem", in: folder)
        let verify = "dgst -sha256 -verify public.pem -signature signature -sigopt rsa_padding_mode:pss"
        let answer = try await OpenSSLCommand.run("\(verify) -sigopt rsa_pss_saltlen:32 message", in: folder)
        #expect(answer == "Verified OK\n")
    }
}
