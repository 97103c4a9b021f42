package import HTTPTypes
internal import NIOCore

/// One request; its body may still be on its way.
package struct InboundRequest: Sendable {
    private enum Body: Sendable {
        /// It came with the head.
        case whole(ByteBuffer)
        /// It is still arriving.
        case arriving(Exchange)
    }

    /// Method, authority, target and header fields, without the first `Host`, which is the authority.
    package let head: HTTPRequest
    /// The path without the query.
    package let path: String
    /// Whether the client sends the body after a `100 Continue` only.
    let expectsPermission: Bool
    /// Whether the bytes behind this request may be of another protocol, so that no more requests are read.
    let asksForUpgrade: Bool
    private let body: Body
    private let exchange: Exchange?

    /// The method.
    package var method: HTTPRequest.Method { head.method }
    /// The header fields.
    package var headers: HTTPFields { head.headerFields }

    /// A request made in memory, without a connection, for tests.
    package init(_ head: HTTPRequest, body: [UInt8] = []) {
        self.init(ReceivedHead(head), body: .whole(ByteBuffer(bytes: body)), nil)
    }

    /// A request of a connection.
    ///
    /// - Parameters:
    ///   - head: Request line and header fields as they were parsed.
    ///   - body: The whole body, or `nil` when it is not there yet.
    ///   - exchange: Where it comes from.
    init(_ head: ReceivedHead, body: ByteBuffer?, _ exchange: Exchange) {
        self.init(head, body: body.map { .whole($0) } ?? .arriving(exchange), exchange)
    }

    private init(_ received: ReceivedHead, body: Body, _ exchange: Exchange?) {
        head = received.head
        path = received.path
        expectsPermission = received.expectsPermission
        asksForUpgrade = received.asksForUpgrade
        self.body = body
        self.exchange = exchange
    }

    /// Reads the body, once; a client that waits for permission to send it gets it now (RFC 9110 section 10.1.1).
    ///
    /// - Parameter maximumBytes: The limit, compared with `Content-Length` before anything is read.
    /// - Returns: The bytes.
    /// - Throws: ``BodyFailure``.
    package func body(upTo maximumBytes: Int) async throws(BodyFailure) -> [UInt8] {
        switch body {
        case .whole(let buffer):
            guard buffer.readableBytes <= maximumBytes else { throw .tooLarge }
            return Array(buffer.readableBytesView)
        case .arriving(let exchange):
            if let length = headers[.contentLength].flatMap(Int.init), length > maximumBytes { throw .tooLarge }
            return Array(try await exchange.body(upTo: maximumBytes, permitting: expectsPermission).readableBytesView)
        }
    }

    /// Has `action` run once when the client closes the connection, or its half of it, while this request is being
    /// answered; at once when it has done so already.
    ///
    /// A request is not cancelled by that: whether its work goes on is for those who do it to say.
    package func whenClientLeaves(_ action: @escaping @Sendable () -> Void) { exchange?.whenClientLeaves(action) }
}

/// Why a body could not be read.
package enum BodyFailure: Error {
    /// More bytes than the limit allows (T-04).
    case tooLarge
    /// It did not arrive in time.
    case late
    /// The client went away, or sent what is no HTTP.
    case broken
}
