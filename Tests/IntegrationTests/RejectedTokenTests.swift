internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// A token that must not be let in, and what it is refused as.
struct RejectedToken: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let order: TokenOrder
    let status: Int
    let reason: String

    init(_ flaw: TokenOrder.Flaw, _ reason: String, status: Int = 401) {
        testDescription = flaw.rawValue
        order = TokenOrder(flaw: flaw)
        self.status = status
        self.reason = reason
    }

    init(_ description: String, _ order: TokenOrder, _ reason: String, status: Int = 401) {
        testDescription = description
        self.order = order
        self.status = status
        self.reason = reason
    }

    static let all: [RejectedToken] = [
        .init(.expired, "expired"), .init(.notYetValid, "not_yet_valid"), .init(.wrongAudience, "audience"),
        .init(.severalAudiences, "audience"), .init(.wrongIssuer, "issuer"), .init(.wrongTenant, "tenant"),
        .init(.noExpiry, "malformed"), .init(.nonceHeader, "first_party_token"), .init(.unknownKey, "kid_unknown"),
        .init(.noKey, "malformed"), .init(.badSignature, "signature"), .init(.algorithmNone, "malformed"),
        .init(.algorithmHS256, "alg"), .init(.criticalHeader, "malformed"), .init(.duplicateClaim, "malformed"),
        .init(.brokenPayload, "malformed"), .init(.fiveSegments, "jwe"), .init(.twoSegments, "malformed"),
        .init(.padded, "malformed"), .init(.otherScope, "scope_missing", status: 403),
        .init("an ID token", TokenOrder(kind: .id), "id_token"),
        .init("a Graph token", TokenOrder(kind: .graph), "first_party_token"),
        .init("a Databricks token", TokenOrder(kind: .databricks), "audience"),
        .init(
            "a Resource Manager token",
            TokenOrder(version: 1, claims: ["aud": "https://management.azure.com/"]), "audience"),
        .init("a v1.0 token", TokenOrder(version: 1), "v1_token"),
    ]
}

@Suite(.serialized, .patient) struct RejectedTokenTests {
    @Test("Every bad token is refused with its challenge, one clear log line, and no trace of itself (E-21, K-22)")
    func refusals() async throws {
        try await withDeployment(["LOG_LEVEL": "trace"]) { deployment in
            for row in RejectedToken.all {
                let token = try deployment.sandbox.token(row.order)
                let id = "00000000-0000-4000-8000-\(String(format12(row.testDescription)))"
                let answer = try await deployment.client(token: token)
                    .modern("tools/list", headers: ["X-Correlation-ID": id])
                let challenge = try #require(answer.http.headers["WWW-Authenticate"], "\(row.testDescription)")

                #expect(answer.http.status == row.status, "\(row.testDescription)")
                #expect(
                    challenge.hasPrefix(
                        "Bearer error=\"\(row.status == 403 ? "insufficient_scope" : "invalid_token")\", scope=\""),
                    "\(row.testDescription)")
                #expect(answer.correlationID == id)
                let record = try await deployment.server.log.record("the refusal of \(row.testDescription)") {
                    $0["token_reject_check"] != nil && $0["correlation_id"]?.text == id
                }
                #expect(record["token_reject_reason"]?.text == row.reason, "\(row.testDescription)")
                let signature = token.split(separator: ".").last.map(String.init) ?? ""
                let log = deployment.server.log.lines.joined()
                #expect(signature.isEmpty || !log.contains(signature), "\(row.testDescription)")
            }
            #expect(deployment.exchanges.isEmpty)
        }
    }

    @Test("The three documented lines keep their wording, because people search for them (K-22)")
    func wording() async throws {
        try await withDeployment { deployment in
            let sandbox = deployment.sandbox
            _ = try await deployment.client(token: sandbox.token(user: "alice", flaw: .wrongAudience)).modern(
                "tools/list")
            _ = try await deployment.client(token: sandbox.token(user: "alice", flaw: .expired)).modern("tools/list")
            _ = try await deployment.client(token: "not-a-token").modern("tools/list")
            let log = deployment.server.log
            func appears(_ start: String, _ parts: String...) async throws {
                _ = try await log.record("a line '\(start)'") { record in
                    let message = record["message"]?.text ?? ""
                    return message.hasPrefix(start) && parts.allSatisfy(message.contains)
                }
            }

            try await appears(
                "Auth config: base_url=\(deployment.server.baseURL)", " issuer=", " audiences=[",
                " required_scopes=[", " jwks_uri=\(sandbox.baseURL)")
            try await appears(
                "Rejected bearer token: header={alg=", " kid=", " typ=", " nonce=", "} claims={iss=", " aud=",
                " appid/azp=", " ver=", " scp=", " exp=")
            try await appears("Rejected bearer token: not a well-formed JWS")
            try await appears("Bearer token rejected", "audience mismatch (got ", ", expected ")
            try await appears("Token validation failed: ")
        }
    }

    @Test(
        "A malformed Authorization header is 400, and a token anywhere else is none (A-16, E-165)",
        arguments: [
            ("Bearer", 400), ("Bearer a b", 400), ("Basic dXNlcjpwYXNz", 401), ("bearer ", 400),
        ])
    func malformedHeader(value: String, status: Int) async throws {
        try await withDeployment { deployment in
            let client = deployment.client(token: nil)
            let answer = try await client.modern("tools/list", headers: ["Authorization": value])
            let token = try deployment.sandbox.token(user: "alice")

            #expect(answer.http.status == status)
            #expect(try await client.get("/mcp?access_token=\(token)").http.status == 401)
        }
    }

    /// Twelve hexadecimal digits that differ from row to row.
    private func format12(_ text: String) -> String {
        let sum = text.utf8.reduce(UInt64(5381)) { ($0 << 5) &+ $0 &+ UInt64($1) } & 0xFFFF_FFFF_FFFF
        let digits = String(sum, radix: 16)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }
}
