internal import CCurl

/// One request on its way over a wire, from its start until its outcome is handed out.
final class WireCall {
    let request: HTTPRequest
    let wire: WireRequest
    let id: Int
    let start: ContinuousClock.Instant
    var deadline: ContinuousClock.Instant { start + request.timeout }

    /// Whether the server may have seen some of it.
    var wasSent = false
    /// Whether it is on its second connection.
    var isRepeated = false
    /// Where it is; `nil` while it waits for a place.
    var connection: WireConnection?

    private let completion: Transfer.Completion

    init(
        _ request: HTTPRequest, _ wire: WireRequest, id: Int, start: ContinuousClock.Instant,
        completion: Transfer.Completion
    ) {
        self.request = request
        self.wire = wire
        self.id = id
        self.start = start
        self.completion = completion
    }

    /// Hands out the answer; nothing may follow.
    func succeed(_ response: HTTPResponse) { completion.resume(returning: .success(response)) }

    /// Hands out a failure; nothing may follow.
    func fail(_ kind: TransportError.Kind, _ text: String) {
        completion.resume(
            returning: .failure(
                TransportError(kind, requestWasSent: wasSent, detail: "\(request.location): \(text)")))
    }
}
