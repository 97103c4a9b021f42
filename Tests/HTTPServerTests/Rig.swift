internal import HTTPServer
internal import HTTPTypes
internal import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import ServiceLifecycle
internal import TestSupport

/// A listener on loopback, while `body` of ``withListener(_:_:_:)`` runs.
struct Rig: Sendable {
    let url: String
    private let services: ServiceGroup

    fileprivate init(url: String, _ services: ServiceGroup) {
        self.url = url
        self.services = services
    }

    /// Asks the listener to stop in an orderly way.
    func shutDown() async { await services.triggerGracefulShutdown() }

    /// Sends `text` over a connection of its own.
    ///
    /// - Returns: All that comes back until the server closes it.
    func exchange(_ text: String) async throws -> String {
        try await withRawConnection(to: url) { connection in
            // A server that has seen enough may reset the connection before the last byte is sent.
            try? await connection.send(text)
            return await connection.rest()
        }
    }
}

/// Runs `body` beside a listener, which is stopped in an orderly way afterwards.
func withListener<Value>(
    _ limits: ConnectionLimits = ConnectionLimits(),
    _ adjust: (inout HTTPListener.Configuration) -> Void = { _ in },
    responder: @escaping HTTPListener.Responder, _ body: (Rig) async throws -> Value
) async throws -> Value {
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    var configuration = HTTPListener.Configuration()
    configuration.limits = limits
    adjust(&configuration)
    let listener = HTTPListener(
        .address(host: "127.0.0.1", port: 0), configuration, logger: logger,
        onOpen: { continuation.yield($0.localAddress?.port ?? 0) }, responder: responder)
    let services = ServiceGroup(services: [listener], logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { continuation.finish() }
            try await services.run()
        }
        let port = await ports.first { _ in true } ?? 0
        let value = try await body(Rig(url: "http://127.0.0.1:\(port)", services))
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
        return value
    }
}

/// A number that several tasks count up.
final class Count: Sendable {
    private let box = NIOLockedValueBox(0)

    var value: Int { box.withLockedValue { $0 } }

    func add(_ step: Int = 1) { box.withLockedValue { $0 += step } }
}

/// `count` pieces, each made when it is asked for.
struct Pieces: AsyncSequence, Sendable {
    let count: Int
    let bytes: Int
    var made = Count()

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: Pieces
        var index = 0

        mutating func next() async -> [UInt8]? {
            guard index < pieces.count else { return nil }
            index += 1
            pieces.made.add()
            return [UInt8](repeating: UInt8(ascii: "x"), count: pieces.bytes)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: self) }
}

extension OutboundResponse {
    /// 200 with a text.
    static func text(_ text: String) -> OutboundResponse { OutboundResponse(status: .ok, body: Array(text.utf8)) }
}

/// `GET path`, with further header fields.
func get(_ path: String, _ fields: String..., method: String = "GET", version: String = "1.1") -> String {
    "\(method) \(path) HTTP/\(version)\r\nHost: localhost\r\n" + fields.map { "\($0)\r\n" }.joined() + "\r\n"
}
