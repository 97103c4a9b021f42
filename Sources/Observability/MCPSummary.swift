internal import NIOConcurrencyHelpers

/// What the access line, the metric and the span say about one MCP operation; every text in it is safe to log (H-04).
///
/// One object per message, filled in while the message is answered. The lock is held for one assignment or one copy.
package final class MCPSummary: Sendable {
    /// What is known of an operation.
    package struct Facts: Sendable {
        /// The method if it is one of ours, `_BATCH` for an array, else `_OTHER`: a closed set (O-03).
        package var method = "_OTHER"
        /// The tool, only if it is one of ours.
        package var tool: String?
        /// The era the request was answered in: `modern` or `legacy`.
        package var era: String?
        /// The revision the request was answered in, one of ours.
        package var version: String?
        /// The code of a JSON-RPC error response.
        package var rpcErrorCode: Int?
        /// What of the request's head that error is about.
        package var refused: RefusedField?
        /// Whether the client hung up before there was an answer, and the call was cancelled for it (C-01).
        package var isAbandoned = false
        /// Whether the answer is a result that reports a failure.
        package var isToolError = false
        /// The kind of that failure.
        package var errorCategory: ErrorDetails.Category?
        /// That failure itself, for whoever may have a better answer to it than a result.
        package var failure: (any CallerFacingError)?
        /// What the client calls itself: cleaned, at most 64 characters, self-reported.
        package var clientName: String?
        /// What the client says its version is, likewise.
        package var clientVersion: String?

        /// `error.type` of O-03: the JSON-RPC code, `tool_error`, `cancelled`, or `nil` for success.
        package var errorType: String? {
            if isAbandoned { return "cancelled" }
            return rpcErrorCode.map(String.init) ?? (isToolError ? "tool_error" : nil)
        }
    }

    /// What ``Facts/method`` can be; a label.
    package static let methods = [
        "tools/call", "tools/list", "server/discover", "initialize", "ping", "notifications/initialized",
        "notifications/cancelled", "_BATCH", "_OTHER",
    ]
    /// What ``Facts/version`` can be; a label.
    package static let versions = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    private let state = NIOLockedValueBox(Facts())

    /// Begins the summary of an operation about which nothing is known yet.
    package init() {}

    /// What is known so far.
    package var facts: Facts { state.withLockedValue { $0 } }

    /// Adds what somebody has found out.
    package func note(_ change: (inout Facts) -> Void) { state.withLockedValue(change) }

    /// ``Facts/method``.
    package var method: String { state.withLockedValue { $0.method } }
    /// ``Facts/tool``.
    package var tool: String? { state.withLockedValue { $0.tool } }
    /// ``Facts/rpcErrorCode``.
    package var rpcErrorCode: Int? { state.withLockedValue { $0.rpcErrorCode } }
    /// ``Facts/isAbandoned``.
    package var isAbandoned: Bool { state.withLockedValue { $0.isAbandoned } }
    /// ``Facts/isToolError``.
    package var isToolError: Bool { state.withLockedValue { $0.isToolError } }
    /// ``Facts/errorCategory``.
    package var errorCategory: ErrorDetails.Category? { state.withLockedValue { $0.errorCategory } }
    /// ``Facts/failure``.
    package var failure: (any CallerFacingError)? { state.withLockedValue { $0.failure } }
    /// ``Facts/clientName``.
    package var clientName: String? { state.withLockedValue { $0.clientName } }
    /// ``Facts/clientVersion``.
    package var clientVersion: String? { state.withLockedValue { $0.clientVersion } }
}
