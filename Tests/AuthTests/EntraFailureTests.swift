internal import Auth
internal import JSON
internal import Testing

/// One of Entra ID's codes (E-74) and what callers must be told, written down a second time on purpose.
struct CodeCase: CustomTestStringConvertible, Sendable {
    let code: Int
    let failureClass: EntraFailureClass
    let message: String
    /// Part of what the operator is told.
    var remedy: String?

    var testDescription: String { "AADSTS\(code)" }

    /// Whether the server asks again by itself after a pause; a stale assertion is replaced instead (E-71, E-95).
    var isRepeated: Bool { failureClass == .transient && code != 700024 }

    static let generic = "This server is not set up correctly for access to Databricks. Tell its operator."

    static let all: [CodeCase] = aboutUsers + aboutService + aboutConfiguration

    private static let aboutUsers: [CodeCase] = [
        (50013, .reauthenticate, "Your sign-in to this server has expired. Sign in again."),
        (500133, .reauthenticate, "Your sign-in to this server has expired. Sign in again."),
        (50027, .reauthenticate, "Your sign-in token is not usable. Sign in again."),
        (50173, .reauthenticate, "Your session was revoked. Sign in again."),
        (50132, .reauthenticate, "Your session is no longer valid. Sign in again."),
        (50133, .reauthenticate, "Your session is no longer valid. Sign in again."),
        (70043, .reauthenticate, "Your session expired. Sign in again."),
        (70008, .reauthenticate, "Your session expired. Sign in again."),
        (700082, .reauthenticate, "Your session expired. Sign in again."),
        (700084, .reauthenticate, "Your session expired. Sign in again."),
        (50076, .interact, "Databricks requires multi-factor sign-in. Sign in again and complete it."),
        (50078, .interact, "Your multi-factor sign-in is too old. Sign in again."),
        (50079, .interact, "You must set up or complete multi-factor authentication, then sign in again."),
        (50072, .interact, "You must set up or complete multi-factor authentication, then sign in again."),
        (50074, .interact, "You must set up or complete multi-factor authentication, then sign in again."),
        (50158, .interact, "An additional sign-in step of your organisation is required."),
        (50097, .interact, "Sign in from a device registered with your organisation."),
        (50129, .interact, "Sign in from a device registered with your organisation."),
        (50055, .interact, "Your password has expired. Change it and sign in again."),
        (53004, .interact, "Complete your security registration, then sign in again."),
        (50131, .denied, "A sign-in policy of your organisation blocks this."),
        (53000, .denied, "Your device does not meet your organisation's policy."),
        (53001, .denied, "Use a device managed by your organisation."),
        (53002, .denied, "Your organisation's policy does not approve this client."),
        (53003, .denied, "A conditional access policy blocks access to Databricks. Ask your administrator."),
        (53011, .denied, "Sign-in is blocked because of account risk."),
        (530032, .denied, "A security policy of your organisation blocks this."),
        (530034, .denied, "A security policy of your organisation blocks this."),
        (530035, .denied, "A security policy of your organisation blocks this."),
        (50105, .denied, "You are not assigned to this application. Ask your administrator."),
        (50057, .denied, "Your account is disabled."),
        (50020, .denied, "Your account does not exist in this directory."),
        (50034, .denied, "Your account does not exist in this directory."),
        (90072, .denied, "Your account must be invited to this directory first."),
        (
            65001, .consent,
            "This server lacks permission to call Databricks for you. An administrator must grant consent."
        ),
        (65004, .consent, "Consent was declined."),
        (90094, .consent, "An administrator must approve this application."),
        (90095, .consent, "An administrator must approve this application."),
    ].map { CodeCase(code: $0, failureClass: $1, message: $2) }

    private static let aboutService: [CodeCase] = [
        (90055, .throttled, "Entra is throttling this tenant."),
        (50196, .throttled, "Too many repeated sign-in requests. Try again later."),
        (90006, .transient, "Entra is temporarily unavailable. Try again."),
        (90024, .transient, "Entra is temporarily unavailable. Try again."),
        (90033, .transient, "Entra is temporarily unavailable. Try again."),
        (90090, .transient, "Entra is temporarily unavailable. Try again."),
        (90012, .transient, "Entra is temporarily unavailable. Try again."),
        (50033, .transient, "Entra is temporarily unavailable. Try again."),
        (50087, .transient, "Entra is temporarily unavailable. Try again."),
        (700024, .transient, "Server credential out of date."),
    ].map { CodeCase(code: $0, failureClass: $1, message: $2) }

    private static let aboutConfiguration: [CodeCase] = [
        (500131, "issued for another application"), (650052, "does not list the Databricks permission"),
        (650056, "does not list the Databricks permission"), (650057, "does not list the Databricks permission"),
        (650053, "scope does not exist"), (500011, "not known in this tenant"), (70011, "scope"), (28002, "scope"),
        (28003, "scope"), (700016, "not found in tenant"), (70001, "disabled"), (7000112, "disabled"),
        (90002, "tenant"), (7000114, "Configuration error"), (7000215, "credential rejected"),
        (7000222, "credential expired"), (7000218, "credential missing"), (700025, "application type"),
        (700027, "certificate not accepted"), (7000214, "certificate not accepted"),
        (7000274, "certificate not accepted"), (7000277, "certificate not accepted"),
        (1_000_502, "certificate not accepted"), (70021, "Managed identity is not trusted"),
        (700211, "Managed identity is not trusted"), (700212, "Managed identity is not trusted"),
        (700213, "Managed identity is not trusted"), (7_002_137, "Managed identity is not trusted"),
        (7_002_138, "Managed identity is not trusted"), (700229, "Wrong token"), (900144, "Internal error"),
        (9_002_313, "Internal error"), (90014, "Internal error"), (900382, "Wrong cloud"), (900432, "Wrong cloud"),
        (901002, "unsuitable resource"), (9_010_010, "unsuitable resource"), (90009, "refreshed without scope"),
        (54005, "sign-in is not set up"), (501481, "sign-in is not set up"), (50011, "sign-in is not set up"),
        (9_002_326, "sign-in is not set up"), (9_002_327, "sign-in is not set up"),
    ].map { CodeCase(code: $0, failureClass: .configuration, message: generic, remedy: $1) }
}

@Suite(.quietLog) struct EntraFailureTests {
    private func failure(_ status: Int, _ body: JSONObject) -> EntraFailure {
        EntraFailure(status: status, body: TokenMint.bytes(body))
    }

    @Test("Classifies by code (E-74)", arguments: CodeCase.all)
    func codes(_ row: CodeCase) {
        // `error` and status point elsewhere, so that the code alone decides.
        let failure = failure(200, ["error": "nonsense", "error_codes": [.integer(Int64(row.code))]])
        #expect(failure.failureClass == row.failureClass)
        #expect(failure.message == row.message)
        #expect(failure.code == row.code)
        #expect(failure.isKnownCode)
        if let remedy = row.remedy { #expect(failure.remedy?.contains(remedy) == true) }
    }

    @Test("Every row of the table is tested, and no code twice")
    func tableIsComplete() {
        let codes = EntraErrorTable.rows.flatMap(\.codes)
        #expect(Set(codes).count == codes.count)
        #expect(Set(codes) == Set(CodeCase.all.map(\.code)))
    }

    @Test("Knows which refusals another proof of the server's identity can cure (E-71, E-120, E-156)")
    func freshAssertions() {
        #expect(
            EntraErrorTable.freshAssertionCodes == [700024, 700027, 7_000_214, 1_000_502, 7_000_274, 7_000_277])
        #expect(
            EntraErrorTable.federationCodes == [70021, 700211, 700212, 700213, 7_002_137, 7_002_138])
        #expect(EntraErrorTable.secretCodes == [7_000_215, 7_000_222])
        #expect(EntraErrorTable.rows.filter(\.isLoop).flatMap(\.codes) == [50196])
    }

    @Test("Reads the code from the description when there is no list")
    func codeFromDescription() {
        #expect(failure(400, ["error": "invalid_grant", "error_description": "AADSTS53000: Device."]).code == 53000)
        #expect(failure(400, ["error_codes": [], "error_description": "AADSTS65001: X"]).failureClass == .consent)
        #expect(failure(400, ["error": "invalid_grant", "error_description": "See AADSTS53000"]).code == nil)
    }

    @Test("Takes the first code that it knows")
    func severalCodes() {
        let failure = failure(400, ["error_codes": [12345, 50105, 50076]])
        #expect(failure.code == 50105 && failure.failureClass == .denied)
    }

    @Test("A claims challenge asks for interaction whatever the code says")
    func claimsFirst() {
        let blocked = failure(400, ["error_codes": [53003], "claims": "{\"access_token\":{}}"])
        #expect(blocked.failureClass == .interact)
        #expect(blocked.message == "An additional sign-in step of your organisation is required. Sign in again.")
        let factor = failure(400, ["error_codes": [50076], "claims": "{\"access_token\":{}}"])
        #expect(factor.message == "Databricks requires multi-factor sign-in. Sign in again and complete it.")
        #expect(failure(400, ["error_codes": [53003], "claims": ""]).failureClass == .denied)
    }

    @Test(
        "Falls back to error and suberror for codes that it does not know",
        arguments: [
            ("interaction_required", nil, .interact), ("login_required", nil, .interact),
            ("invalid_grant", nil, .interact), ("invalid_grant", "basic_action", .interact),
            ("invalid_grant", "consent_required", .consent), ("invalid_grant", "bad_token", .reauthenticate),
            ("invalid_grant", "token_expired", .reauthenticate), ("invalid_grant", "client_mismatch", .configuration),
            ("invalid_grant", "protection_policy_required", .denied), ("consent_required", nil, .consent),
            ("invalid_client", nil, .configuration), ("unauthorized_client", nil, .configuration),
            ("invalid_scope", nil, .configuration), ("invalid_resource", nil, .configuration),
            ("invalid_request", nil, .configuration), ("unsupported_grant_type", nil, .configuration),
            ("invalid_target", nil, .configuration), ("temporarily_unavailable", nil, .transient),
            ("server_error", nil, .transient),
        ] as [(String, String?, EntraFailureClass)])
    func errorMember(error: String, suberror: String?, expected: EntraFailureClass) {
        var body: JSONObject = ["error": .string(error), "error_codes": [99_999_999]]
        if let suberror { body["suberror"] = .string(suberror) }
        let failure = failure(400, body)
        #expect(failure.failureClass == expected)
        #expect(failure.code == 99_999_999)
        #expect(!failure.isKnownCode)
    }

    @Test(
        "Falls back to the status for everything else, bodies that are no JSON included",
        arguments: [
            (429, EntraFailureClass.throttled), (408, .transient), (500, .transient), (503, .transient),
            (400, .configuration), (401, .configuration), (404, .configuration),
        ])
    func status(status: Int, expected: EntraFailureClass) {
        for body in ["<html>busy</html>", "", "Too many requests", #"{"error":"new_kind"}"#, "[]", #"{"error":"x""#] {
            #expect(EntraFailure(status: status, body: Array(body.utf8)).failureClass == expected)
        }
    }
}
