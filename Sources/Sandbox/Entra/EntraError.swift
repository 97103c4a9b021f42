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
                16000, 16003, 50006, 50013, 50014, 50020, 50027, 50034, 50053, 50055, 50057, 50085, 50089, 50132, 50133,
                50139, 50143, 50144, 50173, 50177, 50178, 50196, 50197, 51004, 51006, 53011, 54000, 54005, 65001, 70000,
                70008, 70043, 90016, 90072, 240002, 500131, 500133, 500208, 500571, 501481, 700003, 700082, 700084,
                900384, 1_000_104, 7_000_113, 7_000_114, 9_002_341,
            ],
            "interaction_required": [
                50005, 50015, 50072, 50074, 50076, 50078, 50079, 50097, 50105, 50125, 50127, 50129, 50131, 50135, 50155,
                50158, 50161, 50170, 50187, 53000, 53001, 53002, 53003, 53004, 53009, 53010, 130007, 130008, 135011,
                530001, 530002, 530003, 530004, 530021, 530031, 530032, 700020,
            ],
            "consent_required": [90008, 90094, 90095],
            "login_required": [50058],
            "access_denied": [
                50002, 65004, 90093, 90099, 90123, 500021, 500022, 500212, 500213, 530034, 530035,
            ],
            "invalid_client": [
                50003, 50012, 50017, 50042, 50043, 50048, 50124, 50146, 65002, 65005, 70002, 650052, 650053, 650056,
                70021, 501051, 501241, 501461, 501621, 700021, 700023, 700024, 700025, 700027, 700030, 700211, 700212,
                700213, 700229, 900382, 900432, 1_000_502, 7_000_110, 7_000_214, 7_000_215, 7_000_218, 7_000_222,
                7_000_229, 7_000_274, 7_000_277, 7_002_137, 7_002_138,
            ],
            "invalid_resource": [50001, 50010, 500011, 500014, 650054, 650057],
            "invalid_scope": [28002, 28003, 70011, 700022, 1_002_012],
            "unauthorized_client": [70001, 700011, 700016, 1_000_031, 7_000_112],
            "invalid_request": [
                50011, 50049, 50059, 50128, 90002, 90004, 90009, 90013, 90014, 90019, 90023, 90038, 90043, 90051, 90100,
                90117, 90121, 900144, 900561, 901002, 5_000_224, 5_000_225, 9_002_313, 9_002_325, 9_002_326, 9_002_327,
            ],
            "invalid_target": [9_010_010],
            "temporarily_unavailable": [
                50000, 50033, 50086, 50087, 50166, 90006, 90012, 90024, 90033, 90036, 90055, 90090, 90091, 90092,
            ],
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
        500014: "The service principal of the resource is disabled.",
        500571: "The guest account is disabled.",
        530003: "The device must be managed to access this resource.",
        700003: "The device object was not found in the directory.",
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
        7_000_113: "The application is not authorized to make application on-behalf-of calls.",
        7_000_229: "The client application is missing a service principal in the tenant.",
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
