package import HTTPTransport

/// A transport that waits for an answer as long as tests do: for tests of other things than the product's own budgets,
/// to which a busy machine must not look like a slow service.
package struct PatientTransport: HTTPSending {
    private let base: any HTTPSending

    /// Sends by `base`.
    package init(_ base: any HTTPSending) { self.base = base }

    /// Sends `request` with ``Patience/long`` in place of its own limits of time.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        var request = request
        request.timeout = max(request.timeout, Patience.long)
        request.connectTimeout = max(request.connectTimeout, Patience.long)
        return try await base.send(request)
    }
}
