internal import HTTPTransport
internal import NIOConcurrencyHelpers

/// Holds requests until a test lets them go, and tells when they have arrived.
final class Gate: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let release = AsyncStream.makeStream(of: Void.self)

    /// Called by the one who is held.
    func pass() async {
        arrivals.continuation.yield()
        for await _ in release.stream { return }
    }

    /// Waits until somebody is held.
    func waitUntilReached() async {
        for await _ in arrivals.stream { return }
    }

    /// Lets everybody go, now and later.
    func open() { release.continuation.finish() }
}

/// Answers when a gate opens; like the real transport it gives up when its caller is cancelled.
struct GatedTransport: HTTPSending {
    let gate: Gate
    let body: String

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        await gate.pass()
        guard !Task.isCancelled else { throw TransportError(.cancelled, requestWasSent: true) }
        return HTTPResponse(status: 200, body: Array(body.utf8))
    }
}
