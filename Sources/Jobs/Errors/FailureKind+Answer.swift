/// One unhappy answer, as far as the rules look at it.
package struct FailedAnswer: Sendable, Equatable {
    /// The HTTP status.
    package let status: Int
    /// What the body says.
    package let body: ErrorBody
    /// The `Location` of a redirect.
    package let location: String?

    /// Describes an answer.
    package init(status: Int, body: ErrorBody, location: String? = nil) {
        self.status = status
        self.body = body
        self.location = location
    }

    func says(_ words: String) -> Bool { body.message.contains(words) }
    func hasCode(_ codes: String...) -> Bool { body.code.map(codes.contains) ?? false }
}

extension FailureKind {
    /// Classifies an answer: the first rule that matches decides.
    package init(_ answer: FailedAnswer) {
        self = Self.rules.first { $0.matches(answer) }?.kind ?? Self.byStatus(answer.status)
    }

    /// Statuses for which a front door's text says more than the number; codes win over the rest.
    private static func byStatus(_ status: Int) -> FailureKind {
        switch status {
        case 200..<300: .notAnAnswer
        case 300..<400: .redirect
        case 401: .tokenRefused
        case 403: .forbidden
        case 404: .notFound
        case 409: .conflict
        case 429: .throttled
        case 501: .notImplemented
        case 499, 502, 503, 504: .unavailable
        case 500...: .serverError
        case 400, 413, 422: .invalid
        default: .unexpected
        }
    }

    private struct Rule {
        let kind: FailureKind
        let matches: @Sendable (FailedAnswer) -> Bool
    }

    /// In this order, because several are special cases of a later one.
    private static let rules: [Rule] = [
        Rule(kind: .privateLink) { answer in
            (300..<400).contains(answer.status) && answer.location.map(isPrivateLinkLogin) == true
        },
        Rule(kind: .noSuchEndpoint) { answer in
            answer.hasCode("ENDPOINT_NOT_FOUND") || answer.body.message.hasPrefix("Bad Target")
                || answer.body.message.hasPrefix("No API found")
        },
        Rule(kind: .runLimit) { answer in
            [400, 429].contains(answer.status) && saysTooManyRuns(answer.body.message.lowercased())
        },
        Rule(kind: .throttled) { $0.hasCode("REQUEST_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED", "TOO_MANY_REQUESTS") },
        Rule(kind: .wrongAudience) { $0.says("IncorrectClaimException") || $0.says("Expected aud claim") },
        Rule(kind: .addressBlocked) { $0.says("is blocked by Databricks IP ACL") },
        Rule(kind: .tokenRefused) { $0.says("Invalid access token") || $0.hasCode("UNAUTHENTICATED") },
        Rule(kind: .notAMember) { $0.status == 403 && $0.says("User not authorized") },
        Rule(kind: .noWorkspaceAccess) { answer in
            answer.status == 403 && deniesWorkspace(answer.body.message.lowercased())
        },
        Rule(kind: .featureDisabled) { $0.hasCode("FEATURE_DISABLED") },
        Rule(kind: .notFound) { answer in
            answer.hasCode("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND")
                || answer.hasCode("INVALID_PARAMETER_VALUE") && saysMissing(answer.body.message)
        },
        Rule(kind: .forbidden) { $0.hasCode("PERMISSION_DENIED") },
        Rule(kind: .locked) { $0.hasCode("COULD_NOT_ACQUIRE_LOCK") },
        Rule(kind: .conflict) { answer in
            answer.hasCode("RESOURCE_CONFLICT", "ABORTED", "ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS")
        },
        Rule(kind: .quota) { $0.hasCode("QUOTA_EXCEEDED") },
        Rule(kind: .unavailable) { answer in
            answer.hasCode("TEMPORARILY_UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED")
                || answer.status >= 500 && (answer.says("temporarily unavailable") || answer.says("try again later"))
        },
        Rule(kind: .notImplemented) { $0.hasCode("NOT_IMPLEMENTED") },
        // A success that holds a refusal has only its code to go by.
        Rule(kind: .invalid) { answer in
            answer.status < 300
                && answer.hasCode("INVALID_PARAMETER_VALUE", "MALFORMED_REQUEST", "BAD_REQUEST", "INVALID_STATE")
        },
        Rule(kind: .serverError) { $0.status < 300 && $0.body.code != nil },
    ]

    /// `There are already 5 active runs (limit: 5)` and its like.
    private static func saysTooManyRuns(_ message: String) -> Bool {
        let things = ["active run", "concurrent run", "running task", "queued run", "runs queued", "active task"]
        let bounds = ["limit", "already", "maximum", "exceed", "too many"]
        return things.contains(where: message.contains) && bounds.contains(where: message.contains)
            && !message.contains("requests") && !message.contains("rate limit")
    }

    /// The workspace, not one job in it, is refused.
    private static func deniesWorkspace(_ message: String) -> Bool {
        let things = ["workspace", "entitlement", "organization"]
        let others = [" job", "run ", "ip acl", "private link", "feature", "disabled in"]
        return things.contains(where: message.contains) && !others.contains(where: message.contains)
    }

    /// `/login.html?error=private-link-validation-error…`, on whatever host (D-105).
    private static func isPrivateLinkLogin(_ location: String) -> Bool {
        location.contains("/login.html") && location.contains("error=private-link-validation-error")
    }

    /// The two wordings of D-96: `Run 1 does not exist`, `Run: 1 in job: 2 doesn't exist`.
    private static func saysMissing(_ message: String) -> Bool {
        (message.hasPrefix("Run") || message.hasPrefix("Job"))
            && (message.contains("does not exist") || message.contains("doesn't exist"))
    }
}
