internal import HTTPTypes
internal import Hummingbird
internal import InMemoryTracing
internal import Logging
internal import MCP
internal import NIOCore
internal import Testing
internal import Tracing

@testable import App

/// What one request looks like in a trace (O-02, O-03).
@Suite struct RequestSpanTests {
    private static func request(_ headers: HTTPFields = [:]) -> Request {
        Request(
            head: HTTPRequest(
                method: .post, scheme: "http", authority: "localhost", path: "/mcp", headerFields: headers),
            body: RequestBody(buffer: ByteBuffer()))
    }

    /// The one span of a request that was answered with `summary`.
    private static func span(_ summary: MCPSummary?, status: HTTPResponse.Status = .ok) throws -> FinishedInMemorySpan {
        let tracer = InMemoryTracer()
        let log = RequestLog(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), tracer: tracer)
        let observation = log.begin(request(), route: .mcp)
        var answer = Answer(Response(status: status))
        answer.summary = summary
        log.end(observation, answer)
        try #require(tracer.finishedSpans.count == 1)
        return tracer.finishedSpans[0]
    }

    @Test(
        "A tool call is a server span by the name of method and tool, with the attributes of the conventions (O-02, O-03)"
    )
    func toolCall() throws {
        var summary = MCPSummary()
        summary.method = "tools/call"
        summary.tool = "list_jobs"
        summary.protocolVersion = .july2026
        let span = try Self.span(summary)

        #expect(span.operationName == "tools/call list_jobs")
        #expect(span.kind == .server)
        #expect(span.status == nil)
        #expect(span.attributes.get("mcp.method.name") == .string("tools/call"))
        #expect(span.attributes.get("gen_ai.tool.name") == .string("list_jobs"))
        #expect(span.attributes.get("gen_ai.operation.name") == .string("execute_tool"))
        #expect(span.attributes.get("mcp.protocol.version") == .string("2026-07-28"))
        #expect(span.attributes.get("error.type") == nil)
        #expect(span.attributes.get("mcp.session.id") == nil)
    }

    @Test("Any other method names the span alone (O-02)")
    func otherMethod() throws {
        var summary = MCPSummary()
        summary.method = "tools/list"
        let span = try Self.span(summary)
        #expect(span.operationName == "tools/list")
        #expect(span.attributes.get("gen_ai.operation.name") == nil)
    }

    @Test("The status is an error exactly when there is an error type (O-02)")
    func errors() throws {
        var toolError = MCPSummary()
        toolError.isToolError = true
        var protocolError = MCPSummary()
        protocolError.rpcErrorCode = -32601
        for (summary, type) in [(toolError, "tool_error"), (protocolError, "-32601")] {
            let span = try Self.span(summary)
            #expect(span.status?.code == .error)
            #expect(span.attributes.get("error.type") == .string(type))
        }
    }

    @Test("A request that never reached the protocol keeps the name of its HTTP method")
    func refused() throws {
        let span = try Self.span(nil, status: .unauthorized)
        #expect(span.operationName == "POST /mcp")
        #expect(span.status == nil)
        #expect(span.attributes.get("http.response.status_code") == .int64(401))
    }

    @Test("Probes and metadata have no span")
    func probes() {
        let tracer = InMemoryTracer()
        let log = RequestLog(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), tracer: tracer)
        log.end(log.begin(Self.request(), route: .health), Answer(Response(status: .ok)))
        #expect(tracer.finishedSpans.isEmpty)
    }

    @Test("Work of the request continues its span")
    func children() {
        let tracer = InMemoryTracer()
        let span = RequestSpan(of: Self.request(), tracer: tracer)
        InstrumentationContext.withValue(span.context) { tracer.startSpan("child").end() }
        span.end(Answer(Response(status: .ok)))
        let (child, parent) = (tracer.finishedSpans[0], tracer.finishedSpans[1])
        #expect(child.traceID == parent.traceID)
        #expect(child.parentSpanID == parent.spanID)
    }
}
