package import HTTPTypes

/// The answer to one request: whole, or a stream that is written as it comes.
package struct OutboundResponse: Sendable {
    /// What is sent behind the header fields.
    package enum Body: Sendable {
        /// All of it; its length is told, and it goes out in one piece with the head.
        case whole([UInt8])
        /// Pieces, each of which is sent as soon as it comes and taken by the client's side before the next is asked for.
        ///
        /// With a `Content-Length` among the header fields they are sent as they are, and a stream that ends before
        /// this many bytes ends the connection.
        case stream(any AsyncSequence<[UInt8], Never> & Sendable)
    }

    /// The status.
    package var status: HTTPResponse.Status
    /// The header fields; the length, the date and what concerns the connection are added.
    package var headers: HTTPFields
    /// What follows them.
    package var body: Body
    /// Whether the connection ends once what has come by then is answered, which the client is told.
    ///
    /// With `Connection: close` among the header fields it ends with this answer, and nothing behind it is looked at.
    package var isLastForNow = false
    /// Runs in the request's task when the last byte was handed to the connection, or could not be.
    package var afterward: (@Sendable () async -> Void)?

    /// Creates an answer.
    package init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8] = []) {
        self.init(status: status, headers: headers, body: .whole(body))
    }

    /// Creates an answer of either kind.
    package init(status: HTTPResponse.Status, headers: HTTPFields, body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Bytes of a whole body, `nil` for a stream.
    package var bodyBytes: Int? {
        if case .whole(let bytes) = body { bytes.count } else { nil }
    }
}
