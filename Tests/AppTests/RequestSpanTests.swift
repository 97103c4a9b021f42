internal import HTTPServer
internal import HTTPTypes
internal import InMemoryTracing
internal import Observability
internal import Telemetry
internal import TestSupport
internal import Testing
internal import Tracing

@testable import App

/// What one HTTP request looks like in a trace, by swift-distributed-tracing's own tracer for tests (O-01, O-02).
@Suite(.patient) struct RequestSpanTests {
    private static func request(_ headers: HTTPFields = [:]) -> InboundRequest {
        InboundRequest(
            HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/mcp", headerFields: headers))
    }

    private static func log(_ tracer: any Tracer) -> RequestLog {
        RequestLog(access: nil, tools: [], tracer: tracer)
    }

    /// The one span of a request that was answered so.
    private static func span(
        _ status: HTTPResponse.Status, refusal: String? = nil
    ) throws -> FinishedInMemorySpan {
        let tracer = InMemoryTracer()
        let log = log(tracer)
        let observation = log.begin(request(), route: .mcp)
        observation.record.note { facts in
            facts.status = status.code
            facts.refusal = refusal
            facts.isTokenRefused = refusal != nil
        }
        log.end(observation)
        try #require(tracer.finishedSpans.count == 1)
        return tracer.finishedSpans[0]
    }

    @Test("A request is a server span by method and route, with the attributes of the HTTP conventions")
    func request() throws {
        let span = try Self.span(.ok)
        #expect(span.operationName == "POST /mcp")
        #expect(span.kind == .server)
        #expect(span.status == nil)
        #expect(span.attributes.get("http.request.method") == .string("POST"))
        #expect(span.attributes.get("http.route") == .string("/mcp"))
        #expect(span.attributes.get("url.path") == .string("/mcp"))
        #expect(span.attributes.get("http.response.status_code") == .int64(200))
    }

    @Test("A refused caller is no error of the server, and the span says why (E-21)")
    func refused() throws {
        let span = try Self.span(.unauthorized, refusal: "expired")
        #expect(span.status == nil)
        #expect(span.attributes.get("http.response.status_code") == .int64(401))
        #expect(span.attributes.get("token.reject.reason") == .string("expired"))
    }

    @Test("A fault of the server is an error by its status")
    func fault() throws {
        let span = try Self.span(.serviceUnavailable)
        #expect(span.status?.code == .error)
        #expect(span.attributes.get("error.type") == .string("503"))
    }

    @Test("Probes and metadata have no span")
    func probes() {
        let tracer = InMemoryTracer()
        let log = Self.log(tracer)
        log.end(log.begin(Self.request(), route: .health))
        #expect(tracer.finishedSpans.isEmpty)
    }

    @Test(
        "Without an export, ids are made or continued all the same, and the caller's flag is passed on (K-20)",
        arguments: [
            ("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01", "0af7651916cd43dd8448eb211c80319c", true),
            ("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00", "0af7651916cd43dd8448eb211c80319c", false),
            ("nonsense", nil, false),
        ])
    func idsWithoutExport(traceparent: String, traceID: String?, isSampled: Bool) async throws {
        var headers = HTTPFields()
        headers[try #require(HTTPField.Name("traceparent"))] = traceparent
        headers[try #require(HTTPField.Name("tracestate"))] = "vendor=opaque"
        for tracer in [TelemetryTracer(), nil] {
            let observation = RequestLog(access: nil, tools: [], tracer: tracer)
                .begin(Self.request(headers), route: .mcp)
            let trace = try #require(await observation.run { TraceContext.current })
            #expect(trace == observation.record.trace)
            #expect(traceID == nil || trace.traceID == traceID)
            #expect(trace.spanID != "00f067aa0ba902b7")
            #expect(trace.isSampled == isSampled)
            #expect(trace.state == (traceID == nil ? nil : "vendor=opaque"))
        }
    }
}
