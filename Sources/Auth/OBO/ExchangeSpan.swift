internal import Observability

/// What a trace shows of requests for tokens: one span per request that is made, a short one for each who waits for it.
extension WorkSpan {
    /// The span of one request for a token with its retries, a part of what the first who wants it does.
    static func exchange(_ kind: TokenGrant.Kind) -> WorkSpan { .start("entra \(kind.rawValue)") }

    /// Ends the span of a request for a token: its outcome is the metric's, from a closed set.
    func end<Token>(_ result: Result<Token, OBOError>) {
        defer { end() }
        switch result {
        case .success: annotate(["obo.outcome": "success"])
        case .failure(let error):
            annotate([
                "obo.outcome": .text(error.failureClass.rawValue), "entra.code": error.code.map { "AADSTS\($0)" },
                "entra.request_id": error.reference.traceID.map { .text($0) },
            ])
            fail(error.failureClass.rawValue)
        }
    }
}

/// Waits for somebody else's request for a token, in a span that links to its own (E-64).
///
/// - Parameters:
///   - exchange: Where that request is found; `nil` when nobody keeps its trace.
///   - wait: Waits.
/// - Returns: What `wait` returns.
func waitingForExchange<Outcome>(_ exchange: TraceContext?, _ wait: () async -> Outcome) async -> Outcome {
    await withWorkSpan("entra token wait", links: [exchange]) { _ in await wait() }
}
