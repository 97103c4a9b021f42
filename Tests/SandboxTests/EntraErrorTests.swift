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
                    16000, 16003, 50006, 50013, 50014, 50020, 50027, 50034, 50053, 50055, 50057, 50085, 50089,
                    50132, 50133, 50139, 50143, 50144, 50173, 50177, 50178, 50196, 50197, 51004, 51006, 53011,
                    54000, 54005, 65001, 70000, 70008, 70043, 90016, 90072, 240002, 500131, 500133, 500208,
                    500571, 501481, 700003, 700082, 700084, 900384, 1_000_104, 7_000_113, 7_000_114, 9_002_341,
                ]),
            Row(
                error: "interaction_required", status: 400,
                codes: [
                    50005, 50015, 50072, 50074, 50076, 50078, 50079, 50097, 50105, 50125, 50127, 50129, 50131,
                    50135, 50155, 50158, 50161, 50170, 50187, 53000, 53001, 53002, 53003, 53004, 53009, 53010,
                    130007, 130008, 135011, 530001, 530002, 530003, 530004, 530021, 530031, 530032, 700020,
                ]),
            Row(error: "login_required", status: 400, codes: [50058]),
            Row(
                error: "access_denied", status: 400,
                codes: [
                    50002, 65004, 90093, 90099, 90123, 500021, 500022, 500212, 500213, 530034, 530035,
                ]),
            Row(error: "consent_required", status: 400, codes: [90008, 90094, 90095]),
            Row(
                error: "invalid_client", status: 401,
                codes: [
                    50003, 50012, 50017, 50042, 50043, 50048, 50124, 50146, 65002, 65005, 70002, 650052, 650053,
                    650056, 70021, 501051, 501241, 501461, 501621, 700021, 700023, 700024, 700025, 700027, 700030,
                    700211, 700212, 700213, 700229, 900382, 900432, 1_000_502, 7_000_110, 7_000_214, 7_000_215,
                    7_000_218, 7_000_222, 7_000_229, 7_000_274, 7_000_277, 7_002_137, 7_002_138,
                ]),
            Row(error: "invalid_resource", status: 400, codes: [50001, 50010, 500011, 500014, 650054, 650057]),
            Row(error: "invalid_scope", status: 400, codes: [28002, 28003, 70011, 700022, 1_002_012]),
            Row(error: "unauthorized_client", status: 400, codes: [70001, 700011, 700016, 1_000_031, 7_000_112]),
            Row(
                error: "invalid_request", status: 400,
                codes: [
                    50011, 50049, 50059, 50128, 90002, 90004, 90009, 90013, 90014, 90019, 90023, 90038, 90043,
                    90051, 90100, 90117, 90121, 900144, 901002, 5_000_224, 5_000_225, 9_002_313, 9_002_326,
                    9_002_327,
                ]),
            Row(error: "invalid_target", status: 400, codes: [9_010_010]),
            Row(error: "unsupported_grant_type", status: 400, codes: [70003]),
            Row(error: "temporarily_unavailable", status: 429, codes: [90055]),
            Row(
                error: "temporarily_unavailable", status: 503,
                codes: [
                    50000, 50033, 50086, 50087, 50166, 90006, 90012, 90024, 90033, 90036, 90090, 90091, 90092,
                ]),
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
