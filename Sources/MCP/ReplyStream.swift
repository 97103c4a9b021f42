internal import HTTPTypes
internal import NIOConcurrencyHelpers

/// An answer that is sent piece by piece: notifications of its own call, then one response, then the end (T-09).
///
/// The elements are pieces of an HTTP body, as they come; for one reader.
package struct ReplyStream: AsyncSequence, Sendable {
    let first: [UInt8]
    let rest: AsyncStream<[UInt8]>
    let answer: Task<Answer, Never>
    private let sent = NIOLockedValueBox(0)

    init(first: [UInt8], rest: AsyncStream<[UInt8]>, answer: Task<Answer, Never>) {
        self.first = first
        self.rest = rest
        self.answer = answer
    }

    /// Bytes of the pieces that were handed out so far.
    package var sentBytes: Int { sent.withLockedValue { $0 } }

    /// Waits for the end of the call, whether or not anybody reads the stream.
    ///
    /// - Returns: What came of the call.
    package func summary() async -> MCPSummary { await answer.value.summary }

    /// Starts to read.
    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(first: first, rest: rest.makeAsyncIterator(), answer: answer, sent: sent)
    }

    /// Hands out the pieces.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var first: [UInt8]?
        fileprivate var rest: AsyncStream<[UInt8]>.Iterator?
        fileprivate let answer: Task<Answer, Never>
        fileprivate let sent: NIOLockedValueBox<Int>

        /// The next piece, `nil` after the response.
        package mutating func next() async -> [UInt8]? {
            let piece = await nextPiece()
            if let piece { sent.withLockedValue { $0 += piece.count } }
            return piece
        }

        private mutating func nextPiece() async -> [UInt8]? {
            if let first {
                self.first = nil
                return first
            }
            guard rest != nil else { return nil }
            if let piece = await rest?.next(isolation: #isolation) { return piece }
            rest = nil
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
}
