internal import HTTPServer
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// Answers that are written as they come.
@Suite(.patient) struct StreamTests {
    private static func stream(_ pieces: Pieces, _ headers: HTTPFields = [:], over: Signal) -> HTTPListener.Responder {
        { request in
            guard request.path == "/stream" else { return .text("") }
            var response = OutboundResponse(status: .ok, headers: headers, body: .stream(pieces))
            response.afterward = { over.fire() }
            return response
        }
    }

    @Test("Each piece is a chunk and is sent before the next is there; the connection lives on")
    func pieces() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        let responder: HTTPListener.Responder = { request in
            guard request.path == "/stream" else { return .text("next") }
            return OutboundResponse(status: .ok, headers: [:], body: .stream(stream))
        }
        try await withListener(responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(get("/stream") + get("/"))
                let head = RawResponse(headOf: try await connection.read(through: "\r\n\r\n"))
                #expect(head.headers["transfer-encoding"] == "chunked" && head.headers["content-length"] == nil)
                for text in ["one", "two", String(repeating: "x", count: 100_000)] {
                    continuation.yield(Array(text.utf8))
                    continuation.yield([])
                    #expect(try await connection.chunk() == text)
                }
                continuation.finish()
                #expect(try await connection.chunk() == nil)
                #expect(try await connection.response().body == "next")
            }
        }
    }

    @Test("A client that reads slowly bounds what is made for it")
    func backpressure() async throws {
        let pieces = Pieces(count: 100, bytes: 1 << 20)
        let over = Signal()
        try await withListener(responder: Self.stream(pieces, over: over)) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(get("/stream"))
                _ = try await connection.read(through: "\r\n\r\n")
                try await withRawConnection(to: rig.url) { other in
                    for _ in 0..<200 {
                        try await other.send(get("/"))
                        _ = try await other.response()
                    }
                }
                #expect(pieces.made.value < 60, "the system's buffers hold a few of them")
                var count = 0
                while let chunk = try await connection.chunk() { count += chunk.utf8.count }
                #expect(count == 100 << 20)
            }
            await over.wait()
        }
    }

    @Test("A client that goes ends the stream, and what follows it runs")
    func hangUp() async throws {
        let pieces = Pieces(count: .max, bytes: 1_000)
        let over = Signal()
        try await withListener(responder: Self.stream(pieces, over: over)) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(get("/stream"))
                _ = try await connection.chunkAfterHead()
                try await connection.hangUp()
            }
            await over.wait()
        }
    }

    @Test("A client that takes nothing any more is left after the time for it")
    func stalled() async throws {
        var limits = ConnectionLimits()
        limits.deliveryTimeout = .milliseconds(200)
        let over = Signal()
        try await withListener(limits, responder: Self.stream(Pieces(count: .max, bytes: 1 << 16), over: over)) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(get("/stream"))
                await over.wait()
            }
        }
    }

    @Test("With a length it is sent as it is, and one that ends early ends the connection")
    func length() async throws {
        for (announced, isWhole) in [(6, true), (7, false)] {
            let headers: HTTPFields = [.contentLength: "\(announced)"]
            let responder = Self.stream(Pieces(count: 2, bytes: 3), headers, over: Signal())
            try await withListener(responder: responder) { rig in
                try await withRawConnection(to: rig.url) { connection in
                    try await connection.send(get("/stream"))
                    let head = RawResponse(headOf: try await connection.read(through: "\r\n\r\n"))
                    #expect(head.headers["transfer-encoding"] == nil)
                    #expect(try await connection.read(bytes: 6) == "xxxxxx")
                    guard isWhole else { return #expect(await connection.rest().isEmpty) }
                    try await connection.send(get("/"))
                    #expect(try await connection.response().status == 200)
                }
            }
        }
    }
}

extension RawConnection {
    /// The first chunk of a response.
    fileprivate mutating func chunkAfterHead() async throws -> String? {
        _ = try await read(through: "\r\n\r\n")
        return try await chunk()
    }
}
