internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

/// Makes the bytes of an answer.
///
/// Header values are checked where they enter, by `HTTPField`.
struct ResponseWriter {
    private let response: OutboundResponse
    private let isHead: Bool
    private let ending: Exchange.Ending
    private let status: HTTPResponseStatus

    /// - Parameters:
    ///   - response: The answer.
    ///   - isHead: Whether it answers `HEAD`, so that there is no body (RFC 9110 section 9.3.2).
    ///   - ending: What becomes of the connection, of which the client is told.
    init(_ response: OutboundResponse, isHead: Bool, _ ending: Exchange.Ending) {
        self.response = response
        self.isHead = isHead
        self.ending = ending
        status = HTTPResponseStatus(statusCode: response.status.code)
    }

    /// The answer to what is no request.
    init(refusal: OutboundResponse) { self.init(refusal, isHead: false, .last) }

    /// Head and body in one piece; of a stream, the head alone.
    var message: ByteBuffer { if case .whole(let bytes) = response.body { message(bytes) } else { message([]) } }

    /// Whether anything follows the head.
    var hasBody: Bool { !isHead && status.mayHaveResponseBody }

    /// Head and body in one piece.
    func message(_ body: [UInt8]) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 512 + (hasBody ? body.count : 0))
        writeHead(to: &buffer)
        if status.mayHaveResponseBody, !response.headers.contains(.contentLength) {
            buffer.writeString("Content-Length: \(body.count)\r\n")
        }
        buffer.writeStaticString("\r\n")
        if hasBody { buffer.writeBytes(body) }
        return buffer
    }

    /// The head of a stream.
    func head(_ framing: BodyFraming) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: 512)
        writeHead(to: &buffer)
        if framing == .chunked, hasBody { buffer.writeStaticString("Transfer-Encoding: chunked\r\n") }
        buffer.writeStaticString("\r\n")
        return buffer
    }

    private func writeHead(to buffer: inout ByteBuffer) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString("\(status.code) ")
        buffer.writeString(status.reasonPhrase)
        buffer.writeStaticString("\r\n")
        var hasDate = false
        var hasConnection = false
        for field in response.headers {
            switch field.name {
            case .date: hasDate = true
            case .connection: hasConnection = true
            default: break
            }
            buffer.writeString(field.name.rawName)
            buffer.writeStaticString(": ")
            buffer.writeString(field.value)
            buffer.writeStaticString("\r\n")
        }
        if !hasDate {
            buffer.writeStaticString("Date: ")
            buffer.writeString(DateHeader.now())
            buffer.writeStaticString("\r\n")
        }
        if ending != .open, !hasConnection { buffer.writeStaticString("Connection: close\r\n") }
    }
}

/// How the end of a streamed body is told (RFC 9112 section 6).
enum BodyFraming: Equatable {
    case chunked
    case length(Int)
    /// By the end of the connection, for HTTP/1.0.
    case untilClose

    /// What ends a chunked body.
    static let lastChunk = ByteBuffer(string: "0\r\n\r\n")

    init(_ headers: HTTPFields, isHTTP10: Bool) {
        if let length = headers[.contentLength].flatMap(Int.init) {
            self = .length(length)
        } else {
            self = isHTTP10 ? .untilClose : .chunked
        }
    }

    /// A piece that is not empty as it goes over the wire.
    func framed(_ piece: [UInt8]) -> ByteBuffer {
        guard self == .chunked else { return ByteBuffer(bytes: piece) }
        var buffer = ByteBufferAllocator().buffer(capacity: piece.count + 20)
        buffer.writeString(String(piece.count, radix: 16))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(piece)
        buffer.writeStaticString("\r\n")
        return buffer
    }
}
