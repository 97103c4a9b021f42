internal import Foundation
internal import HTTPSyntax
internal import JSON
internal import OpenSSL
internal import Sandbox
internal import TestSupport
internal import Testing

/// A client assertion signed by `openssl`, an implementation independent of the sandbox's (E-187).
struct ClientAssertion {
    let certificate: SandboxCertificate
    var algorithm = "PS256"
    var header: [String: JSONValue] = [:]
    var claims: [String: JSONValue] = [:]
    /// The bytes of salt of a PS256 signature.
    var saltLength = 32

    /// The compact token; a member that is `null` is left out.
    func signed(for sandbox: Sandbox) async throws -> String {
        let parsed = try X509Certificate(der: certificate.certificate)
        let now = sandbox.clock.seconds
        let id = JSONValue.string(SandboxIdentity.apiClientID)
        var fullHeader: [String: JSONValue] = ["alg": .string(algorithm), "typ": "JWT"]
        if algorithm == "PS256" {
            fullHeader["x5t#S256"] = .string(Base64URL.encode(parsed.sha256Thumbprint))
        } else {
            fullHeader["x5t"] = .string(Base64URL.encode(parsed.sha1Thumbprint))
        }
        let fullClaims: [String: JSONValue] = [
            "aud": .string("\(sandbox.baseURL)/\(SandboxIdentity.tenantID)/oauth2/v2.0/token"), "iss": id, "sub": id,
            "jti": "9b000000-0000-4000-8000-0000000000aa", "nbf": .integer(now), "exp": .integer(now + 600),
        ]
        let text = "\(Self.segment(fullHeader, header)).\(Self.segment(fullClaims, claims))"
        return "\(text).\(Base64URL.encode(try await signature(of: text)))"
    }

    private static func segment(_ members: [String: JSONValue], _ changes: [String: JSONValue]) -> String {
        let all = members.merging(changes) { $1 }.filter { $0.value != .null }
        return Base64URL.encode(JSONValue.object(JSONObject(all.map { ($0.key, $0.value) })).serialized)
    }

    private func signature(of text: String) async throws -> [UInt8] {
        try await withTemporaryFolder { folder in
            try Data(certificate.privateKeyPEM.utf8).write(to: folder.appending(path: "key.pem"))
            try Data(text.utf8).write(to: folder.appending(path: "message"))
            var arguments = ["dgst", "-sha256", "-sign", "key.pem", "-out", "signature"]
            if algorithm == "PS256" {
                arguments += ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:\(saltLength)"]
            }
            try await OpenSSLCommand.run(arguments + ["message"], in: folder)
            return Array(try Data(contentsOf: folder.appending(path: "signature")))
        }
    }
}

extension SandboxClient {
    /// Exchanges Alice's token with a client assertion as the only credential.
    func exchange(assertion: String) async throws -> JSONValue {
        let form = Self.onBehalfOf(try sandbox.token(user: "alice"), replacing: ["client_secret": nil])
        let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        return try await tokenEndpoint(
            form + [("client_assertion_type", type), ("client_assertion", assertion)]
        ).json
    }
}
