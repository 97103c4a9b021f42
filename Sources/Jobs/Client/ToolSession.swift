internal import NIOConcurrencyHelpers

/// One tool call's dealings with the workspace: as whom, until when, and what it has already spent.
final class ToolSession: Sendable {
    /// The signed-in caller.
    let caller: any WorkspaceTokenProviding
    /// When the tool call must have an answer, all pages and repetitions included.
    let deadline: ContinuousClock.Instant
    /// The `User-Agent` for this caller's client.
    let userAgent: String
    /// Whose share of the concurrency the calls use; empty when nobody is known.
    let user: String

    private let hasRefreshedToken = NIOLockedValueBox(false)

    init(
        caller: any WorkspaceTokenProviding, deadline: ContinuousClock.Instant, userAgent: String, user: String
    ) {
        self.caller = caller
        self.deadline = deadline
        self.userAgent = userAgent
        self.user = user
    }

    /// Whether a refused token may be replaced: once per tool call, however many requests it makes (E-66).
    func mayRefreshToken() -> Bool {
        hasRefreshedToken.withLockedValue { spent in
            defer { spent = true }
            return !spent
        }
    }
}
