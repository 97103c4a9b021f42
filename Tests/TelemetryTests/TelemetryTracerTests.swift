internal import Observability
internal import Telemetry
internal import TestSupport
internal import Testing
internal import Tracing

@Suite(.patient) struct TelemetryTracerTests {
    private static let caller = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-0"
    private let collector = SpanCollector()

    @Test(
        "Keeps a trace as the sampler and the caller say",
        arguments: [
            (TraceSampler.Root.always, false, "1", true), (.always, false, "0", true), (.always, false, nil, true),
            (.never, false, "1", false), (.never, false, "0", false), (.never, false, nil, false),
            (.always, true, "1", true), (.always, true, "0", false), (.always, true, nil, true),
            (.never, true, "1", true), (.never, true, "0", false), (.never, true, nil, false),
            (.ratio(1), false, "0", true), (.ratio(0), false, "1", false), (.ratio(1), true, "0", false),
            (.ratio(0), true, "1", true), (.ratio(1), true, nil, true), (.ratio(0), true, nil, false),
            // 8448eb211c80319c is 0.5167 of the whole.
            (.ratio(0.51), false, "1", false), (.ratio(0.52), false, "0", true),
        ] as [(TraceSampler.Root, Bool, String?, Bool)])
    func sampler(root: TraceSampler.Root, followsParent: Bool, flag: String?, isKept: Bool) async throws {
        let parent = try flag.map { try #require(TraceContext(traceparent: Self.caller + $0)) }
        await collector.tracing(TraceSampler(root: root, followsParent: followsParent)) {
            await withWorkSpan("root", kind: .server, parent: parent.map { .remote($0) } ?? .none) { span in
                #expect(span.isRecording == isKept)
                #expect(TraceContext.current?.isSampled == isKept)
                #expect(parent == nil || TraceContext.current?.traceID == parent?.traceID)
                await withWorkSpan("child") { #expect($0.isRecording == isKept) }
            }
        }
        #expect(collector.spans.map(\.name) == (isKept ? ["child", "root"] : []))
    }

    @Test("Spans within a span are its children, and carry the request's correlation id")
    func children() async throws {
        let request = RequestContext(correlationID: CorrelationID())
        await withRequestContext(request) {
            await collector.tracing {
                await withWorkSpan("outer") { outer in
                    #expect(TraceContext.current == outer.trace)
                    await withWorkSpan("inner", kind: .client) { inner in
                        inner.annotate(["a": "text", "b": 7, "c": nil])
                        inner.fail("timeout")
                    }
                }
            }
        }
        let (inner, outer) = (try #require(collector.spans.first), try #require(collector.spans.last))
        #expect(inner.trace.traceID == outer.trace.traceID)
        #expect(inner.parent?.trace == outer.trace)
        #expect(outer.parent == nil)
        #expect(inner.kind == .client && outer.kind == .internal)
        #expect(inner.isError && !outer.isError)
        #expect(inner.attributes["a"]?.toSpanAttribute() == .string("text"))
        #expect(inner.attributes["b"]?.toSpanAttribute() == .int64(7))
        #expect(inner.attributes["c"] == nil)
        #expect(inner.attributes["error.type"]?.toSpanAttribute() == .string("timeout"))
        for span in collector.spans {
            #expect(span.attributes["correlation_id"]?.toSpanAttribute() == .string("\(request.correlationID)"))
        }
    }

    @Test("Background work has a trace of its own, linked to its occasion, and a correlation id of its own")
    func background() async throws {
        let request = RequestContext(correlationID: CorrelationID())
        await withRequestContext(request) {
            await collector.tracing {
                await withWorkSpan("request") { _ in await withBackgroundActivity("jwks.refresh") { _ in } }
            }
        }
        let (work, occasion) = (try #require(collector.spans.first), try #require(collector.spans.last))
        #expect(work.name == "jwks.refresh" && work.parent == nil)
        #expect(work.trace.traceID != occasion.trace.traceID)
        #expect(work.links == [occasion.trace])
        #expect(work.attributes["correlation_id"]?.toSpanAttribute() != .string("\(request.correlationID)"))
    }

    @Test("A span that is over does not change and ends once, and its clock never runs backwards")
    func end() async throws {
        await collector.tracing {
            let span = WorkSpan.start("work")
            span.end()
            span.annotate(["late": "x"])
            span.fail("late")
            span.end()
        }
        let span = try #require(collector.spans.first)
        #expect(collector.spans.count == 1)
        #expect(span.attributes["late"] == nil && !span.isError && span.end >= span.start)
    }

    @Test("An error's own words never get into a span, and links and events are bounded")
    func limits() async throws {
        struct Talkative: Error { let words = "eyJhbGciOi" }
        let tracer = TelemetryTracer(sink: collector)
        let span = tracer.startSpan("work")
        for _ in 0..<100 {
            span.recordError(Talkative())
            var linked = InstrumentationContext.topLevel
            linked.position = .remote(TraceContext())
            span.addLink(SpanLink(context: linked, attributes: [:]))
        }
        span.setStatus(SpanStatus(code: .error, message: "eyJhbGciOi"))
        span.end()
        let finished = try #require(collector.spans.first)
        #expect(finished.events.count == SpanLimits.events && finished.links.count == SpanLimits.links)
        #expect(finished.events.first?.attributes["exception.type"]?.toSpanAttribute() == .string("Talkative"))
        #expect(!String(reflecting: finished).contains("eyJ"))
    }

    @Test("Without an export nothing is recorded, and no attribute is computed")
    func off() async {
        await withTracer(TelemetryTracer()) {
            await withWorkSpan("root") { span in
                #expect(!span.isRecording)
                #expect(TraceContext.current?.isSampled == false)
                span.annotate(["a": Self.never()])
                let outer = TraceContext.current
                await withWorkSpan("inner \(Self.neverText())") { _ in #expect(TraceContext.current == outer) }
            }
        }
    }

    private static func never() -> SpanValue? {
        Issue.record("computed although nobody keeps it")
        return nil
    }

    private static func neverText() -> String {
        Issue.record("computed although nobody keeps it")
        return ""
    }

    @Test("Reads and writes the two fields of W3C Trace Context and nothing else, whatever the carrier")
    func propagation() {
        let tracer = TelemetryTracer()
        var context = InstrumentationContext.topLevel
        let fields = ["traceparent": Self.caller + "1", "tracestate": "a=b", "baggage": "user=someone"]
        tracer.extract(fields, into: &context, using: Fields())
        var sent: [String: String] = [:]
        tracer.inject(context, into: &sent, using: Fields())
        #expect(sent == ["traceparent": Self.caller + "1", "tracestate": "a=b"])

        var empty = InstrumentationContext.topLevel
        tracer.extract(["traceparent": "nonsense", "tracestate": "a=b"], into: &empty, using: Fields())
        #expect(empty.position == nil)
    }

    private struct Fields: Extractor, Injector {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
    }
}
