/// Something that sends an HTTP request and returns the answer: ``CurlTransport``, or a stand-in in a test.
package protocol HTTPSending: Sendable {
    /// Sends `request` once and returns the whole answer, whatever its status.
    ///
    /// Cancelling the calling task aborts the request.
    /// - Throws: ``TransportError`` when there is no complete answer. A status of 400 or more is an answer.
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
