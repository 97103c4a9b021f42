internal import HTTPTransport
internal import Testing

/// The two ways in which a request leaves: what holds for one holds for the other.
enum Sender: CaseIterable, CustomTestStringConvertible {
    case transfer
    case wire

    var testDescription: String { self == .wire ? "HTTP/1.1 of our own" : "libcurl's transfer" }

    func transport(_ configuration: TransportConfiguration = TransportConfiguration()) -> any HTTPSending {
        on(CurlTransport(configuration))
    }

    func on(_ transport: CurlTransport) -> any HTTPSending { self == .wire ? Wire(transport) : transport }
}

/// Sends one request and returns the failure that must come of it.
func failure(
    of request: HTTPRequest, on transport: any HTTPSending, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> TransportError {
    try #require(
        await #expect(throws: TransportError.self, sourceLocation: sourceLocation) {
            try await transport.send(request)
        },
        sourceLocation: sourceLocation)
}
