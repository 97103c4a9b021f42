internal import HTTPTypes
internal import NIOConcurrencyHelpers
package import Observability

/// An answer that is sent piece by piece: notifications of its own call, then one response, then the end (T-09).
///
/// The elements are pieces of an HTTP body, as they come; for one reader.
package struct ReplyStream: AsyncSequence, Sendable {
    let pieces: AsyncStream<[UInt8]>
    let answer: Task<Answer, Never>
    private let outcome: MCPSummary
    private let sent = NIOLockedValueBox(0)

    init(_ pieces: AsyncStream<[UInt8]>, answer: Task<Answer, Never>, _ summary: MCPSummary) {
        self.pieces = pieces
        self.answer = answer
        outcome = summary
    }

    /// Bytes of the pieces that were handed out so far.
    package var sentBytes: Int { sent.withLockedValue { $0 } }

    /// Waits for the end of the call, whether or not anybody reads the stream.
    ///
    /// - Returns: What came of the call.
    @discardableResult
    package func summary() async -> MCPSummary {
        _ = await answer.value
        return outcome
    }

    /// Starts to read.
    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pieces: pieces.makeAsyncIterator(), answer: answer, sent: sent)
    }

    /// Hands out the pieces.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var pieces: AsyncStream<[UInt8]>.Iterator?
        fileprivate let answer: Task<Answer, Never>
        fileprivate let sent: NIOLockedValueBox<Int>

        /// The next piece, `nil` after the response.
        package mutating func next() async -> [UInt8]? {
            let piece = await nextPiece()
            if let piece { sent.withLockedValue { $0 += piece.count } }
            return piece
        }

        private mutating func nextPiece() async -> [UInt8]? {
            guard pieces != nil else { return nil }
            if let piece = await pieces?.next(isolation: #isolation) { return piece }
            pieces = nil
            return ServerSentEvents.event(await answer.value.message)
        }
    }
}

/// Event streams as the protocol uses them (T-07, T-08).
enum ServerSentEvents {
    /// The headers of a stream; buffering proxies are asked not to.
    static let headers: HTTPFields = {
        var headers: HTTPFields = [
            .contentType: "text/event-stream", .cacheControl: "no-cache, no-transform", .xContentTypeOptions: "nosniff",
        ]
        if let buffering = HTTPField.Name("X-Accel-Buffering") { headers[buffering] = "no" }
        return headers
    }()

    /// A comment, which clients skip and proxies take as a sign of life.
    static let keepAlive = Array(": keep-alive\n\n".utf8)

    /// One event with a message that has no line break (J-10): no `id`, no `retry`, streams are not resumable.
    static func event(_ message: [UInt8]) -> [UInt8] {
        var event: [UInt8] = []
        event.reserveCapacity(message.count + 24)
        event += "event: message\ndata: ".utf8
        event += message
        event += "\n\n".utf8
        return event
    }

    /// The same for a notification.
    static func event(_ notification: Notification) -> [UInt8] { event(notification.message) }
}
