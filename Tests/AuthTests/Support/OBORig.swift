internal import Auth
internal import HTTPTransport
internal import JSON
internal import Observability
internal import TestSupport
internal import Testing

/// A token endpoint that the test answers for, and the exchange and cache in front of it.
struct OBORig {
    static let secret = "p+q&r~s-very-secret"
    static let traceID = "5f0c0000-0000-4000-8000-0000000000f1"
    static let entraCorrelationID = "9a000000-0000-4000-8000-0000000000f2"

    let auth: AuthRig
    let transport: StubTransport
    let cache: OBOTokenCache

    var clock: ManualClock { auth.clock }

    static func make(capacity: Int = 10_000, _ answers: Result<HTTPResponse, TransportError>...) async throws -> OBORig
    {
        let answers = answers.isEmpty ? [.success(granted())] : answers
        return try await make(capacity: capacity, transport: StubTransport(answering: answers))
    }

    static func make(capacity: Int = 10_000, transport: StubTransport) async throws -> OBORig {
        let auth = try await AuthRig.loaded()
        let endpoint = TokenEndpoint(
            endpoints: try Fixed.endpoints(), clientID: try #require(GUID(Fixed.api)),
            credential: .secret(Secret(secret)), transport: transport, time: TimeSource(auth.clock))
        return OBORig(
            auth: auth, transport: transport,
            cache: OBOTokenCache(endpoint: endpoint, capacity: capacity, time: TimeSource(auth.clock)))
    }

    /// A token for `principal`, with a minute to get it.
    func token(_ principal: Principal) async throws -> AccessToken {
        try await cache.token(for: principal, deadline: clock.now + .seconds(60))
    }

    /// The error of a call that must fail.
    func error(_ principal: Principal) async throws -> OBOError {
        try #require(await #expect(throws: OBOError.self) { try await token(principal) })
    }

    /// Expects that one exchange serves `principal` for so long, and not a second longer.
    func expectReuse(by principal: Principal, forSeconds seconds: Int64) async throws {
        _ = try await token(principal)
        clock.advance(by: .seconds(seconds - 1))
        _ = try await token(principal)
        #expect(transport.requests.count == 1)
        clock.advance(by: .seconds(1))
        _ = try await token(principal)
        #expect(transport.requests.count == 2)
    }

    /// A user of their own, by number.
    func principal(_ number: Int = 3) async throws -> Principal {
        try await auth.principal { $0["oid"] = .string("0d000000-0000-4000-8000-\(100_000_000_000 + number)") }
    }

    // MARK: - Answers

    /// The token endpoint's answer to a request that it grants.
    static func granted(
        _ token: String = "databricks-token", expiresIn: JSONValue = 4_412,
        changing change: (inout JSONObject) -> Void = { _ in }
    ) -> HTTPResponse {
        var body: JSONObject = [
            "token_type": "Bearer", "scope": "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/user_impersonation",
            "expires_in": expiresIn, "ext_expires_in": 4_412, "access_token": .string(token),
        ]
        change(&body)
        return .json(200, body, headers: ["x-ms-request-id": traceID])
    }

    /// The token endpoint's refusal, with all the members that Entra ID sends.
    static func refused(
        _ code: Int, error: String = "invalid_grant", status: Int = 400, headers: HeaderList = [:],
        changing change: (inout JSONObject) -> Void = { _ in }
    ) -> HTTPResponse {
        var body: JSONObject = [
            "error": .string(error), "error_codes": [.integer(Int64(code))], "timestamp": "2026-09-20 10:11:12Z",
            "error_description": .string(
                "AADSTS\(code): Person person@example.test at 203.0.113.7.\r\nTrace ID: \(traceID)\r\nTimestamp: now"),
            "trace_id": .string(traceID), "correlation_id": .string(entraCorrelationID),
            "error_uri": .string("https://sts.test/error?code=\(code)"),
        ]
        change(&body)
        return .json(status, body, headers: headers)
    }
}
