internal import HTTPServer
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// What all connections of a listener may take together (H-01).
@Suite(.patient) struct QuotaTests {
    private static func use(_ quota: ConnectionQuota) -> (inout HTTPListener.Configuration) -> Void {
        { $0.quota = quota }
    }

    private static let text: HTTPListener.Responder = { .text($0.path) }

    @Test(
        "Beyond the limit a connection is closed without an answer, and the next one has the place that is free again")
    func connections() async throws {
        let quota = ConnectionQuota(maximumConnections: 2)
        try await withListener(ConnectionLimits(), Self.use(quota), responder: Self.text) { rig in
            try await withRawConnection(to: rig.url) { first in
                try await first.send(get("/first"))
                #expect(try await first.response().body == "/first")
                try await withRawConnection(to: rig.url) { second in
                    try await second.send(get("/second"))
                    #expect(try await second.response().body == "/second")
                    for refused in 1...3 {
                        #expect(try await rig.exchange(get("/third")).isEmpty)
                        #expect(quota.figures == .init(open: 2, refused: refused))
                    }
                    try await first.send(get("/again"))
                    #expect(try await first.response().body == "/again", "who is there stays")
                }
                while quota.figures.open > 1 { await Task.yield() }
                #expect(try await rig.exchange(get("/fourth", "Connection: close")).contains("/fourth"))
            }
        }
        while quota.figures.open > 0 { await Task.yield() }
        #expect(quota.figures == .init(open: 0, refused: 3))
    }

    @Test("Listeners that share a quota have its places together")
    func shared() async throws {
        let quota = ConnectionQuota(maximumConnections: 1)
        try await withListener(ConnectionLimits(), Self.use(quota), responder: Self.text) { one in
            try await withListener(ConnectionLimits(), Self.use(quota), responder: Self.text) { other in
                try await withRawConnection(to: one.url) { connection in
                    try await connection.send(get("/"))
                    _ = try await connection.response()
                    #expect(try await other.exchange(get("/")).isEmpty)
                }
            }
        }
    }

    /// A request, and a part of it that is no whole head.
    private static func large(_ bytes: Int) -> (whole: String, half: String) {
        let fields = (0..<(bytes / 1_000)).map { "X-\($0): \(String(repeating: "x", count: 990))" }
        let whole = get("/large", fields.joined(separator: "\r\n"), "Connection: close")
        return (whole, String(whole.dropLast(40)))
    }

    @Test("Large unfinished heads have one bound together; a usual head comes in pieces beside them")
    func heads() async throws {
        let quota = ConnectionQuota(maximumConnections: 100, headBytes: 64 << 10)
        try await withListener(ConnectionLimits(), Self.use(quota), responder: Self.text) { rig in
            let (whole, half) = Self.large(50_000)
            try await withRawConnection(to: rig.url) { patient in
                try await patient.send(half)
                while quota.figures.headBytes < half.utf8.count - 8_192 { await Task.yield() }
                #expect(try await rig.exchange(half).isEmpty, "no second one like it finds room")
                #expect(quota.figures.refused == 1)
                try await withRawConnection(to: rig.url) { usual in
                    let text = get("/usual", "X: \(String(repeating: "x", count: 3_000))")
                    try await usual.send(String(text.prefix(2_000)))
                    try await usual.send(String(text.dropFirst(2_000)))
                    #expect(try await usual.response().body == "/usual")
                }
                try await patient.send(String(whole.dropFirst(half.count)))
                #expect(try await patient.response().body == "/large")
            }
            while quota.figures.headBytes > 0 { await Task.yield() }
            #expect(try await rig.exchange(whole).hasSuffix("/large"), "the room is free again")
        }
    }

    @Test("A head that is refused or given up gives its room back", arguments: [true, false])
    func given(isCutOff: Bool) async throws {
        let quota = ConnectionQuota(maximumConnections: 100, headBytes: 64 << 10)
        var limits = ConnectionLimits()
        limits.headTimeout = .milliseconds(isCutOff ? 60_000 : 50)
        try await withListener(limits, Self.use(quota), responder: Self.text) { rig in
            let half = Self.large(50_000).half
            for _ in 0..<5 {
                try await withRawConnection(to: rig.url) { connection in
                    try await connection.send(half)
                    if isCutOff {
                        while quota.figures.headBytes < half.utf8.count - 8_192 { await Task.yield() }
                    } else {
                        #expect(try await connection.response().status == 408)
                    }
                }
                while quota.figures.headBytes > 0 { await Task.yield() }
            }
            #expect(quota.figures.refused == 0)
        }
    }
}
