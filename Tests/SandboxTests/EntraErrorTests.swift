internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// Every code of Entra ID's that the token endpoint plays (E-174).
@Suite(.patient) struct EntraErrorTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let error: String
        let status: Int
        let codes: [Int]

        var testDescription: String { error }

        static let all: [Row] = [
            Row(
                error: "invalid_grant", status: 400,
                codes: [
                    50013, 500133, 500131, 50027, 50173, 50132, 50133, 70043, 70008, 700082, 700084, 50055, 53011,
                    50057, 50020, 50034, 90072, 65001, 7_000_114, 54005, 501481, 50196,
                ]),
            Row(
                error: "interaction_required", status: 400,
                codes: [
                    50076, 50078, 50079, 50072, 50074, 50158, 50097, 50129, 50131, 53000, 53001, 53002, 53003, 53004,
                    530032, 50105,
                ]),
            Row(error: "access_denied", status: 400, codes: [530034, 530035, 65004]),
            Row(error: "consent_required", status: 400, codes: [90094, 90095]),
            Row(
                error: "invalid_client", status: 401,
                codes: [
                    650052, 650053, 650056, 7_000_215, 7_000_222, 7_000_218, 700025, 700024, 700027, 7_000_214,
                    7_000_274, 7_000_277, 1_000_502, 70021, 700211, 700212, 700213, 7_002_137, 7_002_138, 700229,
                    900382, 900432,
                ]),
            Row(error: "invalid_resource", status: 400, codes: [500011, 650057]),
            Row(error: "invalid_scope", status: 400, codes: [70011, 28002, 28003]),
            Row(error: "unauthorized_client", status: 400, codes: [700016, 70001, 7_000_112]),
            Row(
                error: "invalid_request", status: 400,
                codes: [90002, 900144, 9_002_313, 90014, 901002, 90009, 50011, 9_002_326, 9_002_327]),
            Row(error: "invalid_target", status: 400, codes: [9_010_010]),
            Row(error: "temporarily_unavailable", status: 429, codes: [90055]),
            Row(
                error: "temporarily_unavailable", status: 503,
                codes: [90006, 90024, 90033, 90090, 90012, 50033, 50087]),
        ]
    }

    @Test("Has every code of the table with its error and status", arguments: Row.all)
    func codes(_ row: Row) async throws {
        try await withClient { client in
            try client.sandbox.script(user: "alice", row.codes.map(String.init))
            for code in row.codes {
                let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"))
                let answer = try await client.tokenEndpoint(form)
                let body = try answer.json
                #expect(answer.status == row.status, "\(code)")
                #expect(body["error"]?.text == row.error, "\(code)")
                #expect(body["error_codes"]?.list == [.integer(Int64(code))])
                #expect(body["error_description"]?.text?.hasPrefix("AADSTS\(code): ") == true)
                #expect((answer.headers["Retry-After"] != nil) == (row.status == 429))
            }
        }
    }

    @Test(
        "Adds the suberror",
        arguments: [
            ("50055", "user_password_expired"), ("50076", "basic_action"), ("50097", "device_authentication_failed"),
            ("50158", "additional_action"), ("50173", "bad_token"), ("53003", "message_only"),
            ("65001", "consent_required"), ("70043", "token_expired"),
        ])
    func subErrors(_ code: String, _ subError: String) async throws {
        try await withClient { client in
            try client.sandbox.script(user: "alice", [code])
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"))
            #expect(try await client.tokenEndpoint(form).json["suberror"]?.text == subError)
        }
    }

    @Test("Carries the common headers on success and failure (E-106)", arguments: ["ok", "50076"])
    func headers(_ step: String) async throws {
        try await withClient { client in
            try client.sandbox.script(user: "alice", [step])
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"))
            let id = "9a000000-0000-4000-8000-0000000000f2"
            let silent = try await client.tokenEndpoint(form, headers: ["client-request-id": id])
            #expect(silent.headers["client-request-id"] == nil)
            let answer = try await client.tokenEndpoint(
                form, headers: ["client-request-id": id, "return-client-request-id": "true"])
            #expect(answer.headers["client-request-id"] == id)
            #expect(answer.headers["x-ms-ests-server"] == "standin")
            #expect(answer.headers["x-ms-request-id"] != nil)
            #expect(answer.headers["Cache-Control"] == "no-store, no-cache")
            #expect(answer.headers["Pragma"] == "no-cache")
            #expect(answer.headers["Content-Type"] == "application/json; charset=utf-8")
            #expect(answer.headers.values(for: "Set-Cookie").contains { $0.hasPrefix("fpc=") })
        }
    }

    @Test("Scripts an application's own requests (E-176)")
    func application() async throws {
        try await withClient { client in
            let form = [
                ("grant_type", "client_credentials"), ("client_id", SandboxIdentity.apiClientID),
                ("client_secret", SandboxIdentity.clientSecret),
                ("scope", "\(SandboxIdentity.databricksResourceID)/.default"),
            ]
            let script = #"{"script": ["7000112", "status:429:7", 503, "variant:no-expires-in", "ok"]}"#
            let path = "apps/\(SandboxIdentity.apiClientID)"
            #expect(try await client.control(.post, path, script).status == 200)
            #expect(try await client.tokenEndpoint(form).json["error_codes"]?.list == [7_000_112])
            #expect(try await client.tokenEndpoint(form).headers["Retry-After"] == "7")
            #expect(try await client.tokenEndpoint(form).status == 503)
            let bare = try await client.tokenEndpoint(form).json
            #expect(bare["access_token"] != nil && bare["expires_in"] == nil)
            #expect(try await client.tokenEndpoint(form).json["expires_in"] != nil)
            // Exchanges on somebody's behalf go by the user's script.
            try client.sandbox.script(app: SandboxIdentity.apiClientID, ["503"])
            _ = try await client.databricksToken()
            #expect(throws: SandboxError.self) { try client.sandbox.script(app: "x", ["ok"]) }
        }
    }

    @Test("Scripts the redemption of a person's codes and refresh tokens")
    func signIns() async throws {
        try await withClient { client in
            let signIn = SignIn()
            let script = #"{"sign_in_script": ["50076", "ok", "70043", "ok"]}"#
            #expect(try await client.control(.post, "users/alice", script).status == 200)
            let code = try await signIn.code(client)
            #expect(try await signIn.redeem(client, code: code).json["error_codes"]?.list == [50076])
            #expect(try await signIn.redeem(client, code: code).json["error_codes"]?.list == [54005])
            let refresh = try #require(try await signIn.tokens(client)["refresh_token"]?.text)
            #expect(try await signIn.refresh(client, refresh).json["error_codes"]?.list == [70043])
            #expect(try await signIn.refresh(client, refresh).status == 200)
            try client.sandbox.script(signInsOf: "alice", ["503"])
            _ = try await client.databricksToken()
        }
    }
}
