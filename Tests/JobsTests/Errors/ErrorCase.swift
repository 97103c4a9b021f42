internal import HTTPTransport
internal import Jobs
internal import Observability
internal import Testing

/// One unhappy answer and what callers must learn from it (D-93, D-95).
struct ErrorCase: CustomTestStringConvertible {
    let testDescription: String
    let status: Int
    var headers: HeaderList = [:]
    let body: String

    let kind: FailureKind
    let category: ErrorDetails.Category
    var code: String?
    /// A piece of the caller's text besides lead and next step.
    var says = ""
    var requestID: String?
    var retryAfter: Int?

    private static let html: HeaderList = ["Content-Type": "text/html;charset=utf-8"]

    static let all = wellFormed + coded + frontDoor + strange + documented

    /// The codes of D-95 in their usual form.
    private static let wellFormed = [
        ErrorCase(
            testDescription: "unknown run, 400 (D-96)", status: 400,
            body: #"{"error_code":"INVALID_PARAMETER_VALUE","message":"Run 77 does not exist."}"#,
            kind: .notFound, category: .notFound, code: "INVALID_PARAMETER_VALUE", says: "run 77 does not exist"),
        ErrorCase(
            testDescription: "unknown run, other words (D-96)", status: 400,
            body: #"{"error_code":"INVALID_PARAMETER_VALUE","message":"Run: 77 in job: 4 doesn't exist"}"#,
            kind: .notFound, category: .notFound, code: "INVALID_PARAMETER_VALUE", says: "removed after 60 days"),
        ErrorCase(
            testDescription: "unknown run, 404 (D-96)", status: 404,
            body: #"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run 77 does not exist."}"#,
            kind: .notFound, category: .notFound, code: "RESOURCE_DOES_NOT_EXIST"),
        ErrorCase(
            testDescription: "missing permission with a request id (D-98)", status: 403,
            body: """
                {"error_code":"PERMISSION_DENIED","message":"User ada@contoso.example does not have View or Admin or \
                Manage Run or Owner permissions on job 412345678901234","details":[{"@type":\
                "type.googleapis.com/google.rpc.RequestInfo","request_id":"8d6c4a3e-0000-4000-8000-00000000c0de",\
                "serving_data":""}]}
                """,
            kind: .forbidden, category: .permission, code: "PERMISSION_DENIED",
            says: "the signed-in user may not view run 77. Ask the job owner for CAN VIEW.",
            requestID: "8d6c4a3e-0000-4000-8000-00000000c0de"),
        ErrorCase(
            testDescription: "throttled with RetryInfo (D-94)", status: 429,
            body: """
                {"error_code":"REQUEST_LIMIT_EXCEEDED","message":"Too many requests for this workspace, try again \
                later.","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retry_delay":"2.5s"}]}
                """,
            kind: .throttled, category: .rateLimited, code: "REQUEST_LIMIT_EXCEEDED", says: "Try again in 3 seconds.",
            retryAfter: 3),
        ErrorCase(
            testDescription: "throttled with Retry-After", status: 429, headers: ["Retry-After": "7"],
            body: #"{"error_code":"RESOURCE_EXHAUSTED","message":"RPC token bucket limit has been exceeded."}"#,
            kind: .throttled, category: .rateLimited, code: "RESOURCE_EXHAUSTED", retryAfter: 7),
        ErrorCase(
            testDescription: "throttled without a delay", status: 429,
            body: #"{"error_code":"TOO_MANY_REQUESTS","message":"Slow down."}"#,
            kind: .throttled, category: .rateLimited, code: "TOO_MANY_REQUESTS", says: "Try again later."),
    ]

    /// Every code of D-95 that has a rule of its own.
    private static let coded: [ErrorCase] = [
        (400, "MALFORMED_REQUEST", FailureKind.invalid, ErrorDetails.Category.invalidArgument),
        (400, "BAD_REQUEST", .invalid, .invalidArgument), (400, "INVALID_STATE", .invalid, .invalidArgument),
        (400, "QUOTA_EXCEEDED", .quota, .rateLimited), (400, "COULD_NOT_ACQUIRE_LOCK", .locked, .unavailable),
        (400, "FEATURE_DISABLED", .featureDisabled, .configuration),
        (403, "FEATURE_DISABLED", .featureDisabled, .configuration), (401, "UNAUTHENTICATED", .tokenRefused, .auth),
        (404, "ENDPOINT_NOT_FOUND", .noSuchEndpoint, .version), (404, "NOT_FOUND", .notFound, .notFound),
        (409, "RESOURCE_CONFLICT", .conflict, .unavailable), (409, "ABORTED", .conflict, .unavailable),
        (409, "ALREADY_EXISTS", .conflict, .unavailable), (409, "RESOURCE_ALREADY_EXISTS", .conflict, .unavailable),
        (499, "CANCELLED", .unavailable, .unavailable), (500, "INTERNAL_ERROR", .serverError, .internal),
        (500, "UNKNOWN", .serverError, .internal), (500, "DATA_LOSS", .serverError, .internal),
        (501, "NOT_IMPLEMENTED", .notImplemented, .version),
        (503, "TEMPORARILY_UNAVAILABLE", .unavailable, .unavailable),
        (500, "TEMPORARILY_UNAVAILABLE", .unavailable, .unavailable),
        (504, "DEADLINE_EXCEEDED", .unavailable, .unavailable), (418, "TEAPOT", .unexpected, .internal),
    ].map { (status: Int, code: String, kind: FailureKind, category: ErrorDetails.Category) in
        ErrorCase(
            testDescription: "\(status) \(code)", status: status,
            body: #"{"error_code":"\#(code)","message":"Words of the service."}"#, kind: kind, category: category,
            code: code, says: #"Databricks says: "Words of the service.""#)
    }

    /// What front doors send: numeric codes, HTML, redirects, request ids in the text.
    private static let frontDoor = [
        ErrorCase(
            testDescription: "no credential (D-100)", status: 401,
            body: """
                {"error_code":401,"message":"Credential was not sent or was of an unsupported type for this API. \
                [ReqId: 5b0f2c8e-0000-4000-8000-00000000a11e]"}
                """,
            kind: .tokenRefused, category: .auth, says: #"for this API.""#,
            requestID: "5b0f2c8e-0000-4000-8000-00000000a11e"),
        ErrorCase(
            testDescription: "refused token (D-101)", status: 403,
            body:
                #"{"error_code":403,"message":"Invalid access token. [ReqId: 5b0f2c8e-0000-4000-8000-00000000a11e]"}"#,
            kind: .tokenRefused, category: .auth, says: "Sign in again",
            requestID: "5b0f2c8e-0000-4000-8000-00000000a11e"),
        ErrorCase(
            testDescription: "refused token as HTML, text in the header (D-16, D-101)", status: 403,
            headers: ["Content-Type": "text/html", "X-Databricks-Reason-Phrase": "Invalid access token."],
            body: "<html><body><h1>403</h1></body></html>", kind: .tokenRefused, category: .auth,
            says: "Invalid access token."),
        ErrorCase(
            testDescription: "another audience (D-102)", status: 400, headers: html,
            body: """
                <html>
                <head>
                <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
                <title>Error 400 io.jsonwebtoken.IncorrectClaimException: Expected aud claim to be: 2ff8, but was: \
                https://management.core.windows.net/.</title>
                </head>
                <body><h2>HTTP ERROR 400</h2>
                <p>Problem accessing /api/2.2/jobs/list. Reason:
                <pre>    io.jsonwebtoken.IncorrectClaimException: Expected aud claim to be: 2ff8, but was: \
                https://management.core.windows.net/.</pre></p>
                </body>
                </html>
                """,
            kind: .wrongAudience, category: .configuration, says: #"says: "io.jsonwebtoken.IncorrectClaimException"#),
        ErrorCase(
            testDescription: "not in the workspace (D-103)", status: 403, headers: html,
            body: "<html><head><title>Error 403 User not authorized.</title></head><body></body></html>",
            kind: .notAMember, category: .permission, says: "add the user to the workspace"),
        ErrorCase(
            testDescription: "IP access list (D-104, D-108)", status: 403,
            body: """
                {"error_code":403,"message":"Source IP address: 203.0.113.7 is blocked by Databricks IP ACL for \
                workspace: 1234567890123456 [ReqId: 5b0f2c8e-0000-4000-8000-00000000a11e]"}
                """,
            kind: .addressBlocked, category: .networkPolicy, says: "the address of this server, not the user's",
            requestID: "5b0f2c8e-0000-4000-8000-00000000a11e"),
        ErrorCase(
            testDescription: "private link (D-105, D-109)", status: 303,
            headers: ["Location": "/login.html?error=private-link-validation-error:123"], body: "",
            kind: .privateLink, category: .networkPolicy, says: "private link only"),
        ErrorCase(
            testDescription: "another redirect (D-109)", status: 302,
            headers: ["Location": "https://elsewhere.example/"], body: "<html>Moved</html>", kind: .redirect,
            category: .internal),
        ErrorCase(
            testDescription: "no such version (D-27)", status: 404,
            body: #"{"error_code":"NOT_FOUND","message":"Bad Target: /api/2.2/jobs/run-now"}"#,
            kind: .noSuchEndpoint, category: .version, code: "NOT_FOUND", says: "DATABRICKS_API_VERSION"),
        ErrorCase(
            testDescription: "no such route (D-29)", status: 404,
            body: #"{"error_code":"ENDPOINT_NOT_FOUND","message":"No API found for 'GET /jobs/list'"}"#,
            kind: .noSuchEndpoint, category: .version, code: "ENDPOINT_NOT_FOUND"),
        ErrorCase(
            testDescription: "temporary trouble with status 500 (D-95)", status: 500,
            body: """
                {"error_code":"INTERNAL_ERROR","message":"The service at /api/2.1/jobs/runs/get?run_id=77 is \
                temporarily unavailable. Please try again later. [TraceId: -]"}
                """,
            kind: .unavailable, category: .unavailable, code: "INTERNAL_ERROR", says: #"try again later.""#),
    ]

    /// Shapes 1 to 7 of D-93 that nobody above has.
    private static let strange = [
        ErrorCase(
            testDescription: "empty body", status: 502, body: "", kind: .unavailable, category: .unavailable,
            says: "temporarily unavailable"),
        ErrorCase(
            testDescription: "blanks", status: 403, body: " \r\n\t", kind: .forbidden, category: .permission),
        ErrorCase(
            testDescription: "API 1.2 style (D-93.3)", status: 400, body: #"{"error":"Unknown command."}"#,
            kind: .invalid, category: .invalidArgument, says: "Unknown command."),
        ErrorCase(
            testDescription: "SCIM style (D-93.4)", status: 400,
            body: #"{"detail":"Attribute missing","status":"400","scimType":"invalidValue"}"#, kind: .invalid,
            category: .invalidArgument, says: "Attribute missing"),
        ErrorCase(
            testDescription: "plain text with a code (D-93.5)", status: 400,
            body: "INVALID_PARAMETER_VALUE: Run 77 does not exist.", kind: .notFound, category: .notFound,
            code: "INVALID_PARAMETER_VALUE"),
        ErrorCase(
            testDescription: "plain text", status: 503, body: "upstream connect error", kind: .unavailable,
            category: .unavailable, says: #"no known form; it starts: "upstream connect error""#),
        ErrorCase(
            testDescription: "HTML in a JSON message", status: 500,
            body: #"{"message":"<html><head><title>Oops &lt;b&gt;now&lt;/b&gt;</title></head></html>"}"#,
            kind: .serverError, category: .internal, says: #""Oops now""#),
        ErrorCase(
            testDescription: "JSON without words", status: 400, body: "{}", kind: .invalid,
            category: .invalidArgument, says: #""Bad Request""#),
        ErrorCase(
            testDescription: "broken JSON", status: 500, body: #"{"error_code":"X","#, kind: .serverError,
            category: .internal),
        ErrorCase(
            testDescription: "fields of the wrong type", status: 400,
            body: #"{"error_code":[1],"message":{"a":1},"details":"x"}"#, kind: .invalid, category: .invalidArgument),
        ErrorCase(
            testDescription: "unknown and broken details (D-94)", status: 400,
            body: """
                {"error_code":"INVALID_PARAMETER_VALUE","message":"Wrong.","details":[1,{},{"@type":"x"},{"@type":\
                "type.googleapis.com/google.rpc.DebugInfo","stack_entries":["at secret.Frame"]},{"@type":\
                "type.googleapis.com/google.rpc.BadRequest","field_violations":[{"field":"limit","description":\
                "too big"},{"field":7}]}]}
                """,
            kind: .invalid, category: .invalidArgument, code: "INVALID_PARAMETER_VALUE",
            says: "Wrong. (limit: too big)"),
        ErrorCase(
            testDescription: "success with HTML (D-109)", status: 200, headers: html,
            body: "<html><title>Sign in</title></html>", kind: .notAnAnswer, category: .internal,
            says: "not an answer of the Jobs API"),
        ErrorCase(
            testDescription: "success with an array", status: 200, body: "[]", kind: .notAnAnswer, category: .internal),
    ]
}
