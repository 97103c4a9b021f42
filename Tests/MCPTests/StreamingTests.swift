internal import HTTPTypes
internal import JSON
internal import MCP
internal import Observability
internal import TestSupport
internal import Testing

/// A tool whose steps a test controls.
struct SteppedTool {
    let tool: FixtureTool
    private let reports: AsyncStream<ProgressUpdate>.Continuation
    private let started: AsyncStream<Bool>
    private let taken: AsyncStream<Double>

    /// - Parameter failure: What the tool throws at its end, if anything.
    init(failure: (any Error)? = nil) {
        let (updates, reports) = AsyncStream<ProgressUpdate>.makeStream()
        let (started, start) = AsyncStream<Bool>.makeStream()
        let (taken, take) = AsyncStream<Double>.makeStream()
        self.reports = reports
        self.started = started
        self.taken = taken
        tool = FixtureTool("slow") { _, context in
            start.yield(context.progress.isWanted)
            for await update in updates {
                await context.progress.report(update)
                take.yield(update.progress)
            }
            try Task.checkCancellation()
            if let failure { throw failure }
            return ToolResult(text: "done", structured: Array("{}".utf8))
        }
    }

    func report(_ progress: Double, of total: Double? = nil, _ message: String? = nil) {
        reports.yield(ProgressUpdate(progress: progress, total: total, message: message))
    }

    /// Waits until the tool has reported `progress`.
    func hasReported(_ progress: Double) async { _ = await taken.first { $0 == progress } }

    func end() { reports.finish() }

    /// Waits until the tool runs; whether the client wants progress.
    func isWanted() async -> Bool? { await started.first { _ in true } }
}

/// The pieces of a stream, read one at a time.
struct PieceReader {
    private var pieces: ReplyStream.AsyncIterator

    init(_ reply: MCPReply) throws { pieces = try #require(reply.stream).makeAsyncIterator() }

    mutating func next() async -> String? { await pieces.next().map { String(decoding: $0, as: UTF8.self) } }

    /// All that is left.
    mutating func rest() async -> [String] {
        var rest: [String] = []
        while let piece = await next() { rest.append(piece) }
        return rest
    }
}

extension MCPReply {
    /// All pieces of a stream.
    fileprivate var pieces: [String] {
        get async throws {
            var reader = try PieceReader(self)
            return await reader.rest()
        }
    }
}

@Suite(.patient) struct StreamingTests {
    private static func call(_ token: String? = #""p-15""#, version: String = "2026-07-28", id: String = "15")
        -> Exchange
    {
        let progress = token.map { "\"progressToken\":\($0)," } ?? ""
        let body =
            #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"slow","_meta":{\#(progress)"x/y":1\#(version == "2026-07-28" ? #","io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}"# : "")}}}"#
        return Exchange(
            body, headers: [("MCP-Protocol-Version", version), ("Mcp-Method", "tools/call"), ("Mcp-Name", "slow")])
    }

    private static func event(_ json: String) -> String { "event: message\ndata: \(json)\n\n" }

    @Test("The first report opens the stream, and the response ends it (T-06 to T-09, PRG-01)")
    func progress() async throws {
        let slow = SteppedTool()
        let dispatcher = Fixture.dispatcher([slow.tool])
        slow.report(1, of: 3, "Signing in to Databricks")
        let reply = try await Self.call().reply(from: dispatcher)

        #expect(reply.status == .ok && reply.body.isEmpty)
        #expect(reply.headers[.contentType] == "text/event-stream")
        #expect(reply.headers[.cacheControl] == "no-cache, no-transform")
        #expect(reply.headers[try #require(.init("X-Accel-Buffering"))] == "no")
        #expect(reply.headers[.contentLength] == nil)
        var pieces = try PieceReader(reply)
        #expect(
            await pieces.next()
                == Self.event(
                    #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"p-15","progress":1,"total":3,"message":"Signing in to Databricks"}}"#
                ))
        dispatcher.calls.tick(at: .now + .seconds(16))
        #expect(await pieces.next() == ": keep-alive\n\n")
        slow.end()
        let stamp = #"{"io.modelcontextprotocol/serverInfo":{"name":"azure-databricks-jobs-mcp","version":"1.0.0"}}"#
        #expect(
            await pieces.rest() == [
                Self.event(
                    #"{"jsonrpc":"2.0","id":15,"result":{"resultType":"complete","content":[{"type":"text","text":"done"}],"structuredContent":{},"isError":false,"_meta":\#(stamp)}}"#
                )
            ])
        #expect(await reply.stream?.summary().tool == "slow")
    }

    @Test("In the legacy era the events are the same, the result is plain (PRG-04)")
    func legacy() async throws {
        let slow = SteppedTool()
        slow.report(0.5)
        slow.end()
        let reply = try await Self.call("7", version: "2025-11-25").reply(from: Fixture.dispatcher([slow.tool]))
        #expect(
            try await reply.pieces == [
                Self.event(
                    #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":0.5}}"#),
                Self.event(
                    #"{"jsonrpc":"2.0","id":15,"result":{"content":[{"type":"text","text":"done"}],"structuredContent":{},"isError":false}}"#
                ),
            ])
    }

    @Test("A call that has run 15 s becomes a stream, with or without a progress token (T-06)", arguments: [nil, "1"])
    func longCall(token: String?) async throws {
        let slow = SteppedTool()
        let dispatcher = Fixture.dispatcher([slow.tool])
        async let reply = Self.call(token).reply(from: dispatcher)
        #expect(await slow.isWanted() == (token != nil))
        dispatcher.calls.tick(at: .now + .seconds(14))
        dispatcher.calls.tick(at: .now + .seconds(15))
        var pieces = try await PieceReader(reply)
        #expect(await pieces.next() == ": keep-alive\n\n")
        slow.end()
        #expect(await pieces.rest().count == 1)
    }

    @Test("A call that says nothing is a plain answer, though a stream was possible (T-02)")
    func quiet() async throws {
        let slow = SteppedTool()
        slow.end()
        let reply = try await Self.call().reply(from: Fixture.dispatcher([slow.tool]))
        #expect(reply.stream == nil && reply.headers[.contentType] == "application/json" && reply.text == "done")
    }

    @Test("A client that takes JSON alone gets no stream and no progress (T-02, PRG-01)")
    func jsonOnly() async throws {
        let slow = SteppedTool()
        slow.report(1)
        let dispatcher = Fixture.dispatcher([slow.tool])
        async let reply = Self.call().setting("Accept", "application/json").reply(from: dispatcher)
        #expect(await slow.isWanted() == false)
        dispatcher.calls.tick(at: .now + .seconds(20))
        slow.end()
        #expect(try await reply.stream == nil)
        #expect(try await reply.text == "done")
    }

    @Test("A client that takes streams alone gets a plain answer as one event, and progress as well (T-02)")
    func streamOnly() async throws {
        let slow = SteppedTool()
        slow.report(1)
        slow.end()
        let reply = try await Self.call().setting("Accept", "text/event-stream").reply(
            from: Fixture.dispatcher([slow.tool]))
        #expect(try await reply.pieces.count == 2)
    }

    @Test(
        "PRG-01 a token is a string or an integer and is echoed as it came; any other is ignored",
        arguments: [
            (#""""#, #""""#), ("0", "0"), ("-9223372036854775807", "-9223372036854775807"),
            (#""\u0041""#, #""\u0041""#), ("1.5", nil), ("1e3", nil), ("true", nil), ("null", nil), ("{}", nil),
            ("[1]", nil),
        ] as [(String, String?)])
    func tokens(_ token: String, _ echo: String?) async throws {
        let slow = SteppedTool()
        slow.report(1)
        slow.end()
        let reply = try await Self.call(token).reply(from: Fixture.dispatcher([slow.tool]))
        #expect((reply.stream != nil) == (echo != nil))
        guard let echo else { return }
        #expect(try await reply.pieces.first?.contains(#""progressToken":\#(echo),"progress""#) == true)
    }

    @Test("PRG-02 progress grows, PRG-03 twice a second; what came too soon is sent later, the newest of it")
    func pace() async throws {
        let slow = SteppedTool()
        // 20 s instead of the half second of PRG-03, so that no pause of this machine counts.
        #expect(StreamIntervals().progress == .milliseconds(500))
        let limits = MCPLimits(streams: StreamIntervals(progress: .seconds(20), keepAlive: .seconds(3_600)))
        let dispatcher = Fixture.dispatcher([slow.tool], limits: limits)
        for value in [0, 0, -1, .nan, .infinity, 10, 5, 30, 20] { slow.report(value) }
        let reply = try await Self.call().reply(from: dispatcher)
        var pieces = try PieceReader(reply)
        await slow.hasReported(20)
        dispatcher.calls.tick(at: .now + .seconds(10))
        dispatcher.calls.tick(at: .now + .seconds(25))
        slow.report(40)
        await slow.hasReported(40)
        slow.end()
        let values = await pieces.rest().map { piece in
            piece.firstRange(of: #""progress":"#).map { String(piece[$0.upperBound...].prefix { $0 != "}" }) }
        }
        #expect(values == ["0", "30", nil], "and nothing follows the response")
    }

    @Test("B-05 a batch is never streamed")
    func batch() async throws {
        let slow = SteppedTool()
        slow.report(1)
        slow.end()
        let call =
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow","_meta":{"progressToken":1}}}"#
        let reply = try await Exchange("[\(call)]").reply(from: Fixture.dispatcher([slow.tool]))
        #expect(reply.stream == nil && reply.headers[.contentType] == "application/json")
    }

    @Test("Failures after the start of a stream are its last event, at status 200 (T-06)")
    func failures() async throws {
        for (failure, part) in [
            (FixtureError(), #""isError":true"#), (FixtureBug(), #""code":-32603"#),
        ] as [(any Error, String)] {
            let slow = SteppedTool(failure: failure)
            slow.report(1)
            slow.end()
            let reply = try await Self.call().reply(from: Fixture.dispatcher([slow.tool]))
            #expect(reply.status == .ok)
            #expect(try await reply.pieces.last?.contains(part) == true)
            #expect(await reply.stream?.summary().errorCategory != nil)
        }
    }

    @Test("A stream ends with the deadline of its call (C-05)")
    func overdue() async throws {
        let slow = SteppedTool()
        slow.report(1)
        let dispatcher = Fixture.dispatcher([slow.tool])
        let reply = try await Self.call().reply(from: dispatcher)
        dispatcher.calls.tick(at: .now + .seconds(61))
        let last = try await reply.pieces.last
        #expect(last?.contains("slow took longer than 60 seconds") == true)
    }

    @Test(
        "A client that leaves its stream ends the call in the modern era only (C-01, C-02)", arguments: [true, false])
    func leaving(isModern: Bool) async throws {
        let slow = SteppedTool()
        slow.report(1)
        let client = ClientPresence()
        let reply = try await Self.call(version: isModern ? "2026-07-28" : "2025-11-25")
            .reply(from: Fixture.dispatcher([slow.tool]), client: client)
        let stream = try #require(reply.stream)
        client.leave()
        if !isModern { slow.end() }
        #expect(await stream.summary().isAbandoned == isModern)
    }
}
