internal import NIOCore
internal import NIOPosix

/// A plain TCP connection to a server on loopback, for what no HTTP client would send, and for looking at bytes as they
/// come.
package struct RawConnection {
    /// The server closed the connection before everything that was waited for had come.
    package struct Ended: Error, CustomStringConvertible {
        /// What had come until then.
        package let received: String
        /// Says so.
        package var description: String { "the connection ended after: \(received.prefix(300))" }
    }

    private let channel: any Channel
    private let output: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var unread: [UInt8] = []

    fileprivate init(
        _ channel: any Channel, _ output: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) {
        self.channel = channel
        self.output = output
        self.input = input
    }

    /// Sends these characters.
    package func send(_ text: String) async throws { try await output.write(ByteBuffer(string: text)) }

    /// Sends these bytes.
    package func send(_ bytes: [UInt8]) async throws { try await output.write(ByteBuffer(bytes: bytes)) }

    /// Closes this half of the connection: nothing more is sent, and answers are read on.
    package func finish() async throws { try await channel.close(mode: .output) }

    /// Closes the connection as a client does that goes away.
    package func hangUp() async throws { try await channel.close() }

    /// Reads up to and with the first `marker`.
    package mutating func read(through marker: String) async throws -> String {
        let marker = Array(marker.utf8)
        while true {
            if let range = unread.firstRange(of: marker) { return take(range.upperBound) }
            try await fill()
        }
    }

    /// Reads this many bytes.
    package mutating func read(bytes count: Int) async throws -> String {
        while unread.count < count { try await fill() }
        return take(count)
    }

    /// Reads until the server closes the connection, even by a reset.
    package mutating func rest() async -> String {
        // What had come before a reset is what the caller wants to see.
        while (try? await fill()) != nil {}
        return take(unread.count)
    }

    /// Reads one response with its body.
    ///
    /// - Parameter isHead: Whether it answers a `HEAD`, so that there is no body.
    /// - Returns: The response.
    /// - Throws: ``Ended`` when there is no whole one.
    package mutating func response(toHead isHead: Bool = false) async throws -> RawResponse {
        let head = try await read(through: "\r\n\r\n")
        var response = RawResponse(headOf: head)
        if isHead { return response }
        if response.headers["transfer-encoding"] == "chunked" {
            response.body = try await chunkedBody()
        } else if let length = response.headers["content-length"].flatMap(Int.init) {
            response.body = try await read(bytes: length)
        }
        return response
    }

    /// Reads one chunk of a chunked body; `nil` for the last one, which is empty.
    package mutating func chunk() async throws -> String? {
        let line = try await read(through: "\r\n")
        guard let size = Int(line.dropLast(1), radix: 16) else { throw Ended(received: line) }
        let chunk = try await read(bytes: size)
        _ = try await read(bytes: 2)
        return size == 0 ? nil : chunk
    }

    private mutating func chunkedBody() async throws -> String {
        var body = ""
        while let chunk = try await chunk() { body += chunk }
        return body
    }

    private mutating func fill() async throws {
        guard let more = try await input.next(isolation: #isolation) else {
            throw Ended(received: String(decoding: unread, as: UTF8.self))
        }
        unread.append(contentsOf: more.readableBytesView)
    }

    private mutating func take(_ count: Int) -> String {
        defer { unread.removeFirst(count) }
        return String(decoding: unread[..<count], as: UTF8.self)
    }
}

/// A response as it came over the wire.
package struct RawResponse: Sendable {
    /// The status code, 0 if the first line is no status line.
    package let status: Int
    /// The header fields, names in lower case; repeated ones are joined with a comma.
    package let headers: [String: String]
    /// The body, without chunk sizes.
    package internal(set) var body = ""

    /// Reads a status line and header fields.
    package init(headOf head: String) {
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        status = words.first?.hasPrefix("HTTP/1.") == true && words.count > 1 ? Int(words[1]) ?? 0 : 0
        headers = Dictionary(
            lines.dropFirst().compactMap { line in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                return (line[..<colon].lowercased(), String(value))
            }, uniquingKeysWith: { "\($0), \($1)" })
    }
}

/// Runs `body` with a connection to a port of this machine; it is closed afterwards.
///
/// - Parameters:
///   - url: `http://127.0.0.1:PORT`, whatever follows.
///   - body: What to do.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or what keeps the connection from standing.
package func withRawConnection<Value>(
    to url: String, _ body: (inout RawConnection) async throws -> Value
) async throws -> Value {
    let port = url.split(separator: "/").dropFirst().first?.split(separator: ":").last.flatMap { Int($0) } ?? 0
    let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await connection.executeThenClose { input, output in
        var raw = RawConnection(connection.channel, output, input.makeAsyncIterator())
        return try await body(&raw)
    }
}
