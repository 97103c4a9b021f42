package import Observability

/// Which of the known ways a Databricks call failed: a closed list, each a row in a test and a metric label.
package enum FailureKind: String, Sendable, CaseIterable {
    // Answers.
    /// The workspace accepts connections through a private link only (D-105, D-109).
    case privateLink = "private_link"
    /// Any other redirect; none is ever followed (D-109).
    case redirect
    /// A success whose body is not a JSON object, or not the promised one (D-109).
    case notAnAnswer = "not_an_answer"
    /// The API version has no such path there (D-29).
    case noSuchEndpoint = "no_such_endpoint"
    /// Too many requests (D-95, D-112).
    case throttled
    /// As many runs as there may be: a limit on runs, not on requests (D-92b).
    case runLimit = "run_limit"
    /// The token names another resource: our own settings are wrong (D-102).
    case wrongAudience = "wrong_audience"
    /// An IP access list refuses this server's address (D-104, D-108).
    case addressBlocked = "address_blocked"
    /// The token is wrong, revoked or expired (D-101, D-107).
    case tokenRefused = "token_refused"
    /// The user is not in the workspace (D-103).
    case notAMember = "not_a_member"
    /// The workspace itself is closed to the user (D-106).
    case noWorkspaceAccess = "no_workspace_access"
    /// No such job or run (D-96).
    case notFound = "not_found"
    /// A missing permission (D-97, D-98, D-106).
    case forbidden
    /// A feature is switched off (D-95).
    case featureDisabled = "feature_disabled"
    /// Somebody else changes the same job (D-95).
    case locked
    /// Another conflict with what is there.
    case conflict
    /// A stored-object quota.
    case quota
    /// The request is wrong (D-90, D-95).
    case invalid
    /// The service lacks the operation.
    case notImplemented = "not_implemented"
    /// In trouble, and says that it will pass (D-95).
    case unavailable
    /// Any other failure of the service.
    case serverError = "server_error"
    /// A status that no rule names.
    case unexpected

    // No answer.
    /// No connection, or it broke.
    case unreachable
    /// The TLS handshake failed.
    case tls
    /// No answer in time.
    case timedOut = "timed_out"
    /// The answer is larger than we read (D-83).
    case tooLarge = "too_large"
    /// The request could not be built or sent at all.
    case notSent = "not_sent"
    /// The call ended before the answer came: its client has left, or its time was up.
    case cancelled

    // Ours.
    /// Too many calls of this server to the workspace (D-120).
    case busy
    /// The workspace asked for a pause that is longer than this call may last (D-120).
    case coolingDown = "cooling_down"

    /// What kind of failure it is for the caller (D-99).
    package var category: ErrorDetails.Category {
        switch self {
        case .privateLink, .addressBlocked: .networkPolicy
        case .noSuchEndpoint, .notImplemented: .version
        case .throttled, .runLimit, .quota, .busy, .coolingDown: .rateLimited
        case .wrongAudience, .featureDisabled, .tls: .configuration
        case .tokenRefused: .auth
        case .notAMember, .noWorkspaceAccess, .forbidden: .permission
        case .notFound: .notFound
        case .invalid: .invalidArgument
        case .locked, .conflict, .unavailable, .unreachable, .timedOut: .unavailable
        case .redirect, .notAnAnswer, .serverError, .unexpected, .tooLarge, .notSent, .cancelled: .internal
        }
    }

    /// Whether the same call can succeed later without anybody changing anything.
    package var isRetryable: Bool {
        switch self {
        case .throttled, .runLimit, .busy, .coolingDown, .locked, .conflict: true
        case .unavailable, .serverError, .unreachable, .timedOut: true
        default: false
        }
    }

    /// Whether this server repeats the call itself (D-116).
    package var isTransient: Bool {
        switch self {
        case .throttled, .locked, .unavailable, .unreachable, .timedOut: true
        default: false
        }
    }

    /// Whether it is a refusal that is decided before anything is done (D-117, D-118).
    ///
    /// The others may come from somebody between us and the service, or from a service that gave up half-way.
    package var isRefusal: Bool {
        switch self {
        case .privateLink, .noSuchEndpoint, .throttled, .runLimit, .wrongAudience, .addressBlocked, .tokenRefused: true
        case .notAMember, .noWorkspaceAccess, .notFound, .forbidden, .featureDisabled, .notImplemented: true
        case .locked, .conflict, .quota, .invalid: true
        case .redirect, .notAnAnswer, .unavailable, .serverError, .unexpected: false
        case .unreachable, .tls, .timedOut, .tooLarge, .notSent, .cancelled, .busy, .coolingDown: false
        }
    }

    /// Whether a fresh token may help (E-66, D-107).
    package var mayNeedFreshToken: Bool { self == .tokenRefused }
}
