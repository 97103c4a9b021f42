/// An error with a text for each of its readers.
///
/// What prints by default is the caller's text, so that an error that strays into a reply leaks nothing.
package protocol CallerFacingError: Error, CustomStringConvertible {
    /// What the caller reads: what happened in plain words and what to do next. No foreign text, no identifiers of ours.
    var callerMessage: String { get }
    /// What the operator reads in the log: the cause. Never a token or a secret.
    var operatorMessage: String { get }
    /// The same facts for a machine.
    var details: ErrorDetails { get }
}

extension CallerFacingError {
    /// The caller's text.
    package var description: String { callerMessage }
}

/// The machine-readable part of a failed call: `_meta["databricks-jobs-mcp/error"]` (K-12).
package struct ErrorDetails: Sendable, Equatable {
    /// What kind of failure it is: a closed list, so that it can be a metric label.
    package enum Category: String, Sendable, CaseIterable {
        /// The arguments, or what Databricks thinks of them, are wrong.
        case invalidArgument = "invalid_argument"
        /// No such job or run, or none this user may know of.
        case notFound = "not_found"
        /// The user lacks a Databricks permission.
        case permission
        /// The sign-in is not accepted.
        case auth
        /// The user must satisfy a sign-in policy first.
        case interaction
        /// An administrator must consent.
        case consent
        /// An IP access list or a private link refuses this server.
        case networkPolicy = "network_policy"
        /// Databricks or Entra ID throttles.
        case rateLimited = "rate_limited"
        /// The service cannot be reached or is in trouble.
        case unavailable
        /// The API version does not exist there.
        case version
        /// The operator must change something.
        case configuration
        /// A bug, here or there.
        case `internal`
    }

    /// The kind of failure.
    package var category: Category
    /// The upstream HTTP status, if there was an answer.
    package var httpStatus: Int?
    /// The upstream error code, such as `PERMISSION_DENIED` or `AADSTS65001`.
    package var errorCode: String?
    /// Whether the same call can succeed later without anybody changing anything.
    package var retryable: Bool
    /// Seconds to wait before a retry, when known.
    package var retryAfterSeconds: Int?
    /// One sentence that says what to do.
    package var nextStep: String?

    /// Creates the details of one failure.
    package init(
        category: Category, httpStatus: Int? = nil, errorCode: String? = nil, retryable: Bool = false,
        retryAfterSeconds: Int? = nil, nextStep: String? = nil
    ) {
        self.category = category
        self.httpStatus = httpStatus
        self.errorCode = errorCode
        self.retryable = retryable
        self.retryAfterSeconds = retryAfterSeconds
        self.nextStep = nextStep
    }
}
