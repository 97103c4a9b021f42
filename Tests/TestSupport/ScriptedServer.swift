internal import Glibc
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix

/// A server on loopback that sends exactly what a test's script says, byte by byte, right or wrong.
package final class ScriptedServer: Sendable {
    /// What one connection does, from its start to its end; when it returns, the connection is closed.
    package typealias Script = @Sendable (inout ScriptedConnection) async throws -> Void

    /// The port on 127.0.0.1.
    package let port: Int

    private let log = NIOLockedValueBox((connections: 0, requests: [ScriptedRequest]()))

    init(port: Int) { self.port = port }

    /// The server's URL without a path.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections have been accepted.
    package var connectionCount: Int { log.withLockedValue { $0.connections } }

    /// The requests that have been read, in that order.
    package var requests: [ScriptedRequest] { log.withLockedValue { $0.requests } }

    func countConnection() { log.withLockedValue { $0.connections += 1 } }

    func record(_ request: ScriptedRequest) { log.withLockedValue { $0.requests.append(request) } }
}

/// Runs `body` beside a server whose every connection follows `script`.
///
/// - Parameters:
///   - script: What each connection does. An error it throws closes the connection, as returning does.
///   - body: What to do while the server runs; connections that are still open afterwards are closed.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or what keeps the server from listening.
package func withScriptedServer<R: Sendable>(
    _ script: @escaping ScriptedServer.Script, _ body: (ScriptedServer) async throws -> R
) async throws -> R {
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.backlog, value: 1024)
        .bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    let server = ScriptedServer(port: listener.channel.localAddress?.port ?? 0)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await serve(listener, server, script) }
        let result = try await body(server)
        group.cancelAll()
        return result
    }
}

private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

private func serve(
    _ listener: NIOAsyncChannel<Connection, Never>, _ server: ScriptedServer, _ script: @escaping ScriptedServer.Script
) async throws {
    try await listener.executeThenClose { connections in
        try await withThrowingDiscardingTaskGroup { group in
            for try await connection in connections {
                server.countConnection()
                group.addTask {
                    // A script that the client's behaviour breaks off is a test's business, not the server's.
                    try? await connection.executeThenClose { inbound, outbound in
                        var scripted = ScriptedConnection(
                            server: server, channel: connection.channel, input: inbound.makeAsyncIterator(),
                            output: outbound)
                        try await script(&scripted)
                    }
                }
            }
        }
    }
}

/// One connection of a ``ScriptedServer``.
package struct ScriptedConnection {
    private let server: ScriptedServer
    private let channel: any Channel
    private var input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let output: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var unread: [UInt8] = []

    init(
        server: ScriptedServer, channel: any Channel, input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        output: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.server = server
        self.channel = channel
        self.input = input
        self.output = output
    }

    /// Reads one request with the body that its `Content-Length` announces; `nil` when the client has closed.
    package mutating func readRequest() async throws -> ScriptedRequest? {
        while true {
            if let request = ScriptedRequest(takenFrom: &unread) {
                server.record(request)
                return request
            }
            guard let more = try await input.next(isolation: #isolation) else { return nil }
            unread.append(contentsOf: more.readableBytesView)
        }
    }

    /// Returns when the client has closed the connection.
    package mutating func waitForEnd() async throws {
        while try await input.next(isolation: #isolation) != nil {}
    }

    /// Sends these bytes.
    package func write(_ text: String) async throws { try await output.write(ByteBuffer(string: text)) }

    /// Sends a complete answer after which the connection stays usable.
    package func answer(_ body: String, status: String = "200 OK", fields: String = "") async throws {
        try await write("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    /// Answers every request with `body` of it until the client closes.
    package mutating func answerAll(_ body: (ScriptedRequest) -> String = { _ in "" }) async throws {
        while let request = try await readRequest() { try await answer(body(request)) }
    }

    /// Makes the coming close a TCP reset.
    package func resetOnClose() async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    }
}

/// A request as it came over the wire.
package struct ScriptedRequest: Sendable, Equatable {
    /// Request line and header fields, without the empty line.
    package let lines: [String]

    /// The body.
    package let body: [UInt8]

    /// Takes one complete request off the front of `bytes`.
    init?(takenFrom bytes: inout [UInt8]) {
        let head = bytes.indices.first { bytes[$0...].starts(with: "\r\n\r\n".utf8) }
        guard let head else { return nil }
        lines = String(decoding: bytes[..<head], as: UTF8.self)
            .split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        let length = ScriptedRequest.values(of: "content-length", in: lines).first.flatMap { Int($0) } ?? 0
        guard bytes.count >= head + 4 + length else { return nil }
        body = Array(bytes[(head + 4)..<(head + 4 + length)])
        bytes.removeFirst(head + 4 + length)
    }

    /// The target in the request line.
    package var target: String {
        let parts = lines[0].split(separator: " ")
        return parts.count == 3 ? String(parts[1]) : ""
    }

    /// The values of all fields with this name.
    package func values(_ name: String) -> [String] { ScriptedRequest.values(of: name, in: lines) }

    private static func values(of name: String, in lines: [String]) -> [String] {
        lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name.lowercased() else {
                return nil
            }
            return line[line.index(after: colon)...].drop { $0 == " " }.description
        }
    }
}
