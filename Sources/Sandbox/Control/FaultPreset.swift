internal import HTTPSyntax
internal import JSON

/// Ready-made answers that the real services give when something is wrong (D-93 to D-109, D-126).
package enum FaultPreset: String, Sendable, CaseIterable {
    /// 429 with `Retry-After` in seconds, and `RetryInfo`.
    case throttledSeconds = "throttled-seconds"
    /// 429 with `Retry-After` as an HTTP date, two seconds from now.
    case throttledDate = "throttled-date"
    /// 429 without a hint when to come back.
    case throttled
    /// 429 that is about runs and not about requests, with `Retry-After` all the same (D-92b).
    case activeRuns = "active-runs"
    /// 200 with an object that is a refusal.
    case refusalWith200 = "refusal-with-200"
    /// 503 with a word code.
    case unavailable
    /// 500 that is really a 503 (D-95).
    case unavailable500 = "unavailable-500"
    /// 400 that a retry cures.
    case lockNotAcquired = "lock-not-acquired"
    /// 403 with a number as code: the server's address is blocked (D-104).
    case addressBlocked = "address-blocked"
    /// 403 with a number as code (D-101).
    case invalidToken = "invalid-token"
    /// 401 as some front ends answer an expired token (D-107).
    case expiredToken = "expired-token"
    /// 403 as an HTML page (D-103).
    case notAuthorizedHTML = "not-authorized-html"
    /// A redirect to the login page: private link (D-105).
    case privateLink = "private-link"
    /// 502 with an HTML page of a proxy.
    case badGatewayHTML = "bad-gateway-html"
    /// 500 without a body.
    case emptyBody = "empty-body"
    /// 200 with an HTML page instead of JSON.
    case htmlWith200 = "html-with-200"
    /// 200 with JSON that ends too early.
    case truncatedJSON = "truncated-json"
    /// 200 with 2 MiB of blanks before the JSON: more than a key document may be (E-37).
    case oversized
    /// 404 of a workspace without the API version (D-29).
    case badTarget = "bad-target"
    /// 403 that a switched-off feature answers.
    case featureDisabled = "feature-disabled"
    /// A service behind the front door that speaks SCIM (D-93).
    case scim
    /// Plain text `CODE: message` (D-93).
    case plainText = "plain-text"

    /// The fault for a route; count, user and the rest can be set on it.
    ///
    /// - Parameters:
    ///   - route: Where it applies.
    ///   - now: Seconds since 1970, for dates in headers.
    /// - Returns: The fault, for all users and without end.
    package func fault(route: String, now: Int64) -> Fault {
        let (status, body, headers) = answer(now)
        return Fault(route: route, status: status, body: body, headers: headers)
    }

    private static let requestLimit =
        #"{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"Too many requests for this workspace, try again later."}"#
    private static let html = ("Content-Type", "text/html;charset=utf-8")

    private func answer(_ now: Int64) -> (status: Int, body: String, headers: [(name: String, value: String)]) {
        switch self {
        case .throttledSeconds:
            let details =
                #"[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retry_delay":"1.5s"}]"#
            return (429, "\(Self.requestLimit.dropLast()),\"details\":\(details)}", [("Retry-After", "1")])
        case .throttledDate:
            return (429, Self.requestLimit, [("Retry-After", HTTPDate.text(now + 2))])
        case .throttled: return (429, Self.requestLimit, [])
        case .activeRuns:
            let text = "There are already 5 active runs (limit: 5)."
            return (429, Self.service("REQUEST_LIMIT_EXCEEDED", text), [("Retry-After", "120")])
        case .refusalWith200:
            return (200, Self.service("PERMISSION_DENIED", "User does not have View permissions."), [])
        case .unavailable:
            return (503, Self.service("TEMPORARILY_UNAVAILABLE", "The service is temporarily unavailable."), [])
        case .unavailable500:
            let text = "The service at /api/2.1/jobs/runs/get is temporarily unavailable. Please try again later. "
            return (500, Self.service("TEMPORARILY_UNAVAILABLE", text + "[TraceId: -]"), [])
        case .lockNotAcquired:
            return (400, Self.service("COULD_NOT_ACQUIRE_LOCK", "Could not acquire a lock on the job."), [])
        case .featureDisabled:
            return (403, Self.service("FEATURE_DISABLED", "The Jobs API is disabled in this workspace."), [])
        case .badTarget: return (404, Self.service("NOT_FOUND", "Bad Target: /api/2.2/jobs/run-now"), [])
        default: return frontDoorAnswer
        }
    }

    private var frontDoorAnswer: (status: Int, body: String, headers: [(name: String, value: String)]) {
        switch self {
        case .addressBlocked:
            Self.frontDoor(
                403, "Source IP address: 203.0.113.7 is blocked by Databricks IP ACL for workspace: 1234567890123456")
        case .invalidToken: Self.frontDoor(403, "Invalid access token.")
        case .expiredToken: Self.frontDoor(401, "Access token has expired.")
        case .notAuthorizedHTML:
            (403, "<html><head><title>Error 403 User not authorized.</title></head><body></body></html>", [Self.html])
        case .privateLink:
            (302, "", [("Location", "/login.html?error=private-link-validation-error:1234567890123456")])
        case .badGatewayHTML:
            (502, "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>", [Self.html])
        case .htmlWith200: (200, "<html><body>Sign in to Databricks</body></html>", [Self.html])
        case .oversized: (200, String(repeating: " ", count: 2 << 20) + "{}", [])
        case .truncatedJSON: (200, #"{"jobs":[{"job_id":4123"#, [])
        case .scim:
            (
                404,
                #"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"No such user","status":"404"}"#,
                [("Content-Type", "application/scim+json")]
            )
        case .plainText: (400, "INVALID_STATE: The job is being deleted.", [("Content-Type", "text/plain")])
        default: (500, "", [])
        }
    }

    private static func service(_ code: String, _ message: String) -> String {
        Members(["error_code": .string(code), "message": .string(message)]).value.description
    }

    private static func frontDoor(
        _ status: Int, _ text: String
    ) -> (status: Int, body: String, headers: [(name: String, value: String)]) {
        let text = "\(text) [ReqId: 5b0f2c8e-0000-4000-8000-00000000a11e]"
        let body = Members(["error_code": .integer(Int64(status)), "message": .string(text)]).value.description
        return (status, body, [("X-Databricks-Reason-Phrase", text)])
    }
}
