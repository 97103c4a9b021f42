internal import JSON

/// An error answer of the token or authorize endpoint, before ids and times are filled in.
struct EntraError: Error, Sendable {
    let code: Int
    /// The OAuth error: what clients are told to decide on.
    let error: String
    let text: String
    var subError: String?
    /// A claims challenge: JSON inside a string.
    var claims: String?

    /// An error of the catalogue.
    ///
    /// - Parameters:
    ///   - code: The number after `AADSTS`; one outside the catalogue counts as `invalid_request`.
    ///   - text: What `error_description` says; a general sentence when `nil`.
    ///   - claims: A claims challenge.
    init(_ code: Int, _ text: String? = nil, claims: String? = nil) {
        self.code = code
        error = Self.errors[code] ?? "invalid_request"
        self.text = text ?? Self.texts[code] ?? "The request was refused (scripted outcome)."
        subError = Self.subErrors[code]
        self.claims = claims
    }

    static func isKnown(_ code: Int) -> Bool { errors[code] != nil }

    var status: Int {
        switch (error, code) {
        case ("invalid_client", _): 401
        case (_, 90055): 429
        case ("temporarily_unavailable", _), ("server_error", _): 503
        default: 400
        }
    }

    /// Entra ID's error body, with line breaks between its parts as the real one has.
    func body(traceID: String, correlationID: String, time: UTCTime, baseURL: String) -> JSONValue {
        let timestamp = time.entraTimestamp
        var members = Members()
        members.add("error", .string(error))
        members.add(
            "error_description",
            .string(
                "AADSTS\(code): \(text)\r\nTrace ID: \(traceID)\r\nCorrelation ID: \(correlationID)\r\n"
                    + "Timestamp: \(timestamp)"))
        members.add("error_codes", .array([.integer(Int64(code))]))
        members.add("timestamp", .string(timestamp))
        members.add("trace_id", .string(traceID))
        members.add("correlation_id", .string(correlationID))
        members.add("error_uri", .string("\(baseURL)/error?code=\(code)"))
        members.add("suberror", subError.map(JSONValue.string))
        members.add("claims", claims.map(JSONValue.string))
        return members.value
    }
}

// MARK: - What Entra ID says for each code

extension EntraError {
    /// The usual `error` of each code.
    private static let errors: [Int: String] = {
        let codes: [String: [Int]] = [
            "invalid_grant": [
                50013, 50020, 50027, 50034, 50055, 50057, 50132, 50133, 50173, 50196, 53011, 54005, 65001, 70008, 70043,
                90072, 500131, 500133, 501481, 700082, 700084, 7_000_114,
            ],
            "interaction_required": [
                50072, 50074, 50076, 50078, 50079, 50097, 50105, 50129, 50131, 50158, 53000, 53001, 53002, 53003, 53004,
                530032,
            ],
            "consent_required": [90094, 90095],
            "login_required": [50058],
            "access_denied": [65004, 530034, 530035],
            "invalid_client": [
                650052, 650053, 650056, 70021, 700021, 700023, 700024, 700025, 700027, 700211, 700212, 700213, 700229,
                900382, 900432,
                1_000_502, 7_000_214, 7_000_215, 7_000_218, 7_000_222, 7_000_274, 7_000_277, 7_002_137, 7_002_138,
            ],
            "invalid_resource": [500011, 650057],
            "invalid_scope": [28002, 28003, 70011, 1_002_012],
            "unauthorized_client": [70001, 700016, 7_000_112],
            "invalid_request": [
                50011, 90002, 90009, 90014, 900144, 900561, 901002, 9_002_313, 9_002_325, 9_002_326, 9_002_327,
            ],
            "invalid_target": [9_010_010],
            "temporarily_unavailable": [50033, 50087, 90006, 90012, 90024, 90033, 90055, 90090],
            "unsupported_grant_type": [70003],
            "unsupported_response_type": [700054],
        ]
        return codes.reduce(into: [:]) { table, entry in
            for code in entry.value { table[code] = entry.key }
        }
    }()

    private static let subErrors: [Int: String] = [
        50055: "user_password_expired", 50072: "basic_action", 50074: "basic_action", 50076: "basic_action",
        50078: "basic_action", 50079: "basic_action", 50097: "device_authentication_failed", 50132: "bad_token",
        50133: "bad_token", 50158: "additional_action", 50173: "bad_token", 53003: "message_only",
        65001: "consent_required", 70008: "token_expired", 70043: "token_expired", 700082: "bad_token",
        700084: "bad_token",
    ]

    private static let texts: [Int: String] = [
        50013: "The assertion is malformed, or its signature could not be verified.",
        50027: "The assertion is not a valid JWT.",
        50034: "The user account does not exist in this directory.",
        50057: "The user account is disabled.",
        50058: "Nobody is signed in, and the request allows no page.",
        50076: "Sign-in with a second factor is needed for '\(SandboxIdentity.databricksResourceID)'.",
        50105: "The user is not assigned to a role for the application.",
        50173: "The token was revoked: a fresh sign-in is needed.",
        53003: "Access was blocked by a conditional access policy.",
        54005: "The authorization code was redeemed already, or is not known.",
        65001: "No consent was given for application '\(SandboxIdentity.apiClientID)'.",
        65004: "The user declined to consent.",
        70003: "The grant type is not supported.",
        70011: "The scope is not valid.",
        90055: "The tenant is throttled because of too many requests.",
        500131: "The assertion's audience is not the application that presents it.",
        500133: "The assertion is outside its validity period.",
        501481: "The code verifier does not match the code challenge.",
        70021: "No federated credential matches the assertion, or it has not reached this server yet.",
        700082: "The refresh token has expired due to inactivity, or is not known.",
        700084: "The refresh token of a single-page application has reached its fixed, limited lifetime.",
        700016: "The application was not found in the directory.",
        700021: "The client assertion names another application than 'client_id'.",
        700023: "The audience of the client assertion is not this token endpoint.",
        700024: "The client assertion is not within its valid time range.",
        700027: "The client assertion could not be verified.",
        700211: "No federated credential matches the issuer of the assertion.",
        700212: "No federated credential matches the audience of the assertion.",
        700213: "No federated credential matches the subject of the assertion.",
        700229: "Only tokens of applications may serve as federated client assertions.",
        900561: "The endpoint accepts POST requests only.",
        1_000_502: "The certificate is not within its validity period.",
        1_002_012: "The scope of a client-credentials request must be one resource followed by '/.default'.",
        7_000_114: "An application token cannot be exchanged on behalf of a user.",
        7_000_215: "The client secret is not correct. Send the secret's value, not its id.",
        7_000_218: "The request must contain 'client_assertion' or 'client_secret'.",
        7_000_222: "The client secret has expired.",
        7_002_138: "The subject of the assertion differs from the federated credential's in the case of letters.",
        9_002_326: "Cross-origin redemption is for single-page applications only.",
        9_002_327: "Tokens of a single-page application are redeemed by cross-origin requests only.",
        9_002_313: "The request is malformed.",
        9_010_010: "The resource parameter does not fit the requested scopes.",
    ]
}
