internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// Talks to a sandbox over real HTTP, as the server would.
struct SandboxClient: Sendable {
    let sandbox: Sandbox
    private let transport = CurlTransport()

    /// 2 February 2026, 12:00 UTC: at this moment the data set has the times of ``Examples``.
    static let exampleTime: Int64 = 1_770_033_600_000

    /// A sandbox whose clock stands still at ``exampleTime`` and whose links are those of the examples.
    static let exampleConfiguration = SandboxConfiguration(
        clock: .frozen(atMilliseconds: exampleTime), workspaceURL: "https://adb-1234567890123456.7.azuredatabricks.net")

    func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HeaderList = [:], body: [UInt8]? = nil
    ) async throws -> HTTPResponse {
        try await transport.send(
            HTTPRequest(
                method: method, url: "\(sandbox.baseURL)\(path)", headers: headers, body: body, timeout: Patience.long,
                maximumResponseBytes: 16 << 20, usesProxy: false))
    }

    func get(_ path: String, headers: HeaderList = [:]) async throws -> HTTPResponse {
        try await send(.get, path, headers: headers)
    }

    // MARK: Entra

    func tokenEndpoint(
        _ form: [(String, String)], headers: HeaderList = [:], tenant: String = SandboxIdentity.tenantID
    ) async throws -> HTTPResponse {
        var headers = headers
        if headers["Content-Type"] == nil { headers.append("Content-Type", "application/x-www-form-urlencoded") }
        let text = form.map { "\($0.0)=\(Self.encoded($0.1))" }.joined(separator: "&")
        return try await send(.post, "/\(tenant)/oauth2/v2.0/token", headers: headers, body: Array(text.utf8))
    }

    /// The form of a correct On-Behalf-Of request, with some fields replaced, or removed by `nil`.
    static func onBehalfOf(_ assertion: String, replacing changes: [String: String?] = [:]) -> [(String, String)] {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("client_id", SandboxIdentity.apiClientID),
            ("client_secret", SandboxIdentity.clientSecret), ("assertion", assertion),
            ("requested_token_use", "on_behalf_of"), ("scope", "\(SandboxIdentity.databricksResourceID)/.default"),
        ]
        return fields.compactMap { name, value in
            guard let change = changes[name] else { return (name, value) }
            return change.map { (name, $0) }
        }
    }

    /// A Databricks token of a user, from the token endpoint.
    func databricksToken(user: String = "alice") async throws -> String {
        let answer = try await tokenEndpoint(Self.onBehalfOf(try sandbox.token(user: user)))
        return try #require(try answer.json["access_token"]?.text)
    }

    // MARK: Workspace

    /// Calls the Jobs API with a user's token.
    func jobs(
        _ path: String, user: String = "alice", version: String = "2.2"
    ) async throws -> HTTPResponse {
        let token = try await databricksToken(user: user)
        return try await get("/api/\(version)/jobs/\(path)", headers: ["Authorization": "Bearer \(token)"])
    }

    func runNow(_ body: JSONValue, user: String = "alice", version: String = "2.2") async throws -> HTTPResponse {
        let token = try await databricksToken(user: user)
        return try await send(
            .post, "/api/\(version)/jobs/run-now",
            headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"], body: body.serialized)
    }

    /// Starts a run and returns its id.
    func startRun(_ body: JSONValue) async throws -> Int64 {
        try #require(try await runNow(body).json["run_id"]?.number)
    }

    // MARK: Control

    func control(_ method: HTTPRequest.Method, _ path: String, _ body: String? = nil) async throws -> HTTPResponse {
        try await send(
            method, "/_control/\(path)", headers: ["Content-Type": "application/json"],
            body: method == .post ? Array((body ?? "{}").utf8) : nil)
    }

    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            if character.isASCII, character.isLetter || character.isNumber || "-._~".contains(character) {
                return String(character)
            }
            return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

/// Runs a test against a sandbox of its own.
func withClient(
    _ configuration: SandboxConfiguration = SandboxConfiguration(),
    _ body: @Sendable (SandboxClient) async throws -> Void
) async throws {
    try await withSandbox(configuration) { sandbox in
        try await body(SandboxClient(sandbox: sandbox))
    }
}

extension HTTPResponse {
    var json: JSONValue { get throws { try JSONValue.parse(body) } }
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension JSONValue {
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var number: Int64? { if case .integer(let number) = self { number } else { nil } }
    var flag: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    var list: [JSONValue] { if case .array(let list) = self { list } else { [] } }
    var names: [String] { if case .object(let object) = self { object.members.map(\.name) } else { [] } }
}
