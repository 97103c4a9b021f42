package import Observability

/// What the access line, the metric and the span say about one request; every text in it is safe to log (H-04).
package struct MCPSummary: Sendable {
    /// The method if it is one of ours, `_BATCH` for an array, else `_OTHER`: a closed set (O-03).
    package var method = "_OTHER"
    /// The tool, only if it is one of ours.
    package var tool: String?
    /// The era the request was answered in.
    package var era: Era?
    /// The revision the request was answered in.
    package var protocolVersion: ProtocolVersion?
    /// The code of a JSON-RPC error response.
    package var rpcErrorCode: Int?
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

    /// Creates the summary of a request about which nothing is known yet.
    package init() {}
}
