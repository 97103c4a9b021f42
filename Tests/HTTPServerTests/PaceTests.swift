internal import HTTPServer
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// How fast a request has to come (H-01).
@Suite(.patient) struct PaceTests {
    private static let responder: HTTPListener.Responder = { request in
        do throws(BodyFailure) { return .text("\(try await request.body(upTo: 100).count)") } catch {
            return OutboundResponse(status: error == .late ? .requestTimeout : .badRequest)
        }
    }

    @Test("Whoever connects and asks nothing has the time of a head; whoever has asked something has the idle time")
    func silentConnection() async throws {
        var limits = ConnectionLimits()
        limits.headTimeout = .milliseconds(50)
        limits.idleTimeout = .seconds(3_600)
        try await withListener(limits, responder: Self.responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(get("/"))
                #expect(try await connection.response().status == 200)
                for _ in 0..<3 { #expect(try await rig.exchange("").isEmpty) }
                try await connection.send(get("/"))
                #expect(try await connection.response().status == 200)
            }
        }
    }

    @Test("A body of which nothing comes is 408 long before its whole time is over", arguments: [0, 5])
    func silentBody(bytes: Int) async throws {
        var limits = ConnectionLimits()
        limits.silenceTimeout = .milliseconds(50)
        limits.arrivalTimeout = .seconds(3_600)
        try await withListener(limits, responder: Self.responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(get("/", "Content-Length: 9", method: "POST"))
                try await connection.send(String(repeating: "x", count: bytes))
                #expect(try await connection.response().status == 408)
                #expect(await connection.rest().isEmpty)
            }
        }
    }

    @Test("A body that comes piece by piece is read although it takes longer than a silence may")
    func steadyBody() async throws {
        var limits = ConnectionLimits()
        // A connection that asks nothing ends after this time, which is how the pieces are spaced here.
        limits.headTimeout = .milliseconds(200)
        limits.silenceTimeout = .seconds(4)
        try await withListener(limits, responder: Self.responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(get("/", "Content-Length: 45", method: "POST"))
                for _ in 0..<45 {
                    _ = try await rig.exchange("")
                    try await connection.send("x")
                }
                #expect(try await connection.response().body == "45")
            }
        }
    }
}
