internal import Foundation
internal import JSON
internal import Logging
internal import Observability
internal import Testing

/// `request answered` in each form that a log can have, written from one record.
@Suite struct AccessLineTests {
    private struct Failure: CallerFacingError {
        var callerMessage: String { "It is not there." }
        var operatorMessage: String { "404 from \"runs/get\"\nsecond line" }
        var details: ErrorDetails { ErrorDetails(category: .notFound) }
    }

    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let span = "00f067aa0ba902b7"
    private static let caller = CallerFacts(
        kind: "application", tenantID: "11111111-0000-4000-8000-000000000001",
        objectID: "0d000000-0000-4000-8000-000000000003", clientID: "app", tokenID: "uti",
        roles: "Jobs.Read Jobs.Run")

    /// A request about which everything is known.
    private func request() throws -> RequestContext {
        let request = RequestContext(
            correlationID: try #require(CorrelationID("9a000000-0000-4000-8000-0000000000f2")),
            clientCorrelationID: "client-7", route: .mcp, httpMethod: .post,
            trace: TraceContext(traceparent: "00-\(Self.trace)-\(Self.span)-01"))
        let call = MCPSummary()
        call.note { facts in
            (facts.method, facts.tool, facts.era, facts.version) = ("tools/call", "get_run", "modern", "2026-07-28")
            (facts.isToolError, facts.errorCategory, facts.failure) = (true, .notFound, Failure())
            (facts.clientName, facts.clientVersion) = ("a host", "1.0")
        }
        request.addWorkspaceToken(.microseconds(1_500))
        request.addQueue(.microseconds(2_250))
        request.addUpstreamCall(.microseconds(20_001))
        request.addUpstreamCall(.microseconds(1))
        request.note { facts in
            facts.operation = call
            facts.caller = Self.caller
            facts.authentication = .microseconds(42)
            (facts.status, facts.requestBytes, facts.responseBytes, facts.isStream) = (200, 120, 0, true)
            facts.duration = .microseconds(1_234_567)
        }
        return request
    }

    /// What a sink writes for `request`.
    private func output(_ request: RequestContext, _ make: (CInt) -> any LogSink) throws -> String {
        let pipe = Pipe()
        let queue = LogQueue(sink: make(pipe.fileHandleForWriting.fileDescriptor))
        AccessLog(queue: queue, levels: LogLevelControl(LogLevels(.info))).write(request, level: .info)
        queue.finish(withinSeconds: 10)
        try pipe.fileHandleForWriting.close()
        return pipe.text
    }

    private static let text =
        #" auth.ms=0.042 caller.kind=application client.correlation.id=client-7 client.name="a host" client.version=1.0"#
        + " correlation.id=9a000000-0000-4000-8000-0000000000f2 duration.ms=1234.567 entra.azp=app"
        + #" entra.oid=0d000000-0000-4000-8000-000000000003 entra.roles="Jobs.Read Jobs.Run""#
        + " entra.tid=11111111-0000-4000-8000-000000000001 entra.uti=uti"
        + #" error="404 from \"runs/get\"\nsecond line" error.category=not_found http.method=POST http.route=/mcp"#
        + " http.status=200 mcp.era=modern mcp.method=tools/call mcp.outcome=tool_error mcp.tool=get_run"
        + " mcp.version=2026-07-28 obo.ms=1.500 queue.ms=2.250 request.bytes=120 response.bytes=0 response.stream=true"
        + " span.id=\(span) trace.id=\(trace) upstream.calls=2 upstream.ms=20.002"

    @Test("As text: every field in the order of the keys, quoted where a reader could mistake its end")
    func text() throws {
        let line = try output(request()) { TextLogSink(descriptor: $0, isColoured: false) }
        let (head, fields) = try #require(
            line.firstRange(of: " auth.ms").map { (line[..<$0.lowerBound], line[$0.lowerBound...]) })
        #expect(head.hasSuffix("Z INFO    request answered"))
        #expect(fields == Self.text + "\n")
    }

    @Test("As JSON: the same fields in the same order, each in its type")
    func json() throws {
        let line = try output(request()) { JSONLogSink(descriptor: $0) }
        let document = try JSONDocument(parsing: Array(line.dropLast().utf8), limits: .request)
        let names = document.root.members.map(\.name)
        #expect(Array(names.prefix(4)) == ["time", "level", "message", "module"])
        let keys = Self.text.split(separator: " ").compactMap { $0.contains("=") ? $0.prefix { $0 != "=" } : nil }
        #expect(Array(names.dropFirst(4)) == keys.map { LogField.jsonName(String($0)) })
        let record = JSONValue(document.root)
        #expect(record["message"] == "request answered" && record["level"] == "info" && record["module"] == "App")
        #expect(record["duration_ms"] == .number(1234.567) && record["http_status"] == .integer(200))
        #expect(record["response_stream"] == .bool(true) && record["upstream_calls"] == .integer(2))
        #expect(record["error"] == .string(Failure().operatorMessage))
        #expect(record["entra_roles"] == "Jobs.Read Jobs.Run" && record["trace_id"] == .string(Self.trace))
    }

    @Test("What is not known is left out, and a refusal says why (docs/logging.md)")
    func refused() throws {
        let request = RequestContext(correlationID: CorrelationID(), route: .mcp, httpMethod: .post)
        request.note { facts in
            (facts.status, facts.refusal) = (503, "overloaded")
            facts.duration = .zero
        }
        let line = try output(request) { TextLogSink(descriptor: $0, isColoured: false) }
        #expect(
            line.hasSuffix(
                " request answered correlation.id=\(request.correlationID) duration.ms=0.000 http.method=POST http.route=/mcp"
                    + " http.status=503 refusal.reason=overloaded response.bytes=0\n"))
    }

    @Test("A failure of any length keeps the line within its bounds")
    func long() throws {
        struct Long: CallerFacingError {
            var callerMessage: String { "" }
            var operatorMessage: String { String(repeating: "x", count: 1 << 20) }
            var details: ErrorDetails { ErrorDetails(category: .internal) }
        }
        let request = try request()
        request.facts.operation?.note { $0.failure = Long() }
        let line = try output(request) { JSONLogSink(descriptor: $0) }
        #expect(line.utf8.count < LogRecord.maximumBytes)
        let record = try JSONValue.parse(Array(line.dropLast().utf8))
        #expect(record["log_cut_bytes"] != nil && record["mcp_tool"] == "get_run")
    }
}
