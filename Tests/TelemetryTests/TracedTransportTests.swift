internal import HTTPTransport
internal import Metrics
internal import Observability
internal import Telemetry
internal import TestSupport
internal import Testing
internal import Tracing

@Suite(.patient) struct TracedTransportTests {
    private static let tokenURL =
        "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token"
    private let collector = SpanCollector()

    private func sent(
        _ peer: TracedTransport.Peer, _ url: String, resent: Int = 0, answer: ScriptedCollector.Answer,
        traceparent: String? = nil, tracestate: String? = nil
    ) async -> HTTPRequest? {
        let base = ScriptedCollector([answer])
        var request = HTTPRequest(url: url, timeout: .seconds(1))
        request.resendCount = resent
        let parent = traceparent.flatMap { TraceContext(traceparent: $0, tracestate: tracestate) }
        await collector.tracing {
            await withWorkSpan("request", parent: parent.map { .remote($0) } ?? .none) { _ in
                _ = try? await TracedTransport(peer: peer, base).send(request)
            }
        }
        return base.requests.first
    }

    private func attribute(_ name: String) -> SpanAttribute? {
        collector.spans.first?.attributes[name]?.toSpanAttribute()
    }

    @Test("An attempt is a client span by method and path, with no identifier, query or user of the URL")
    func span() async throws {
        let answer = HTTPResponse(
            status: 200, headers: ["x-ms-request-id": "5f0c0000-0000-4000-8000-0000000000f1"])
        _ = await sent(.entra, Self.tokenURL + "?secret=1", resent: 2, answer: .success(answer))
        let span = try #require(collector.spans.first)
        #expect(span.name == "GET /{id}/oauth2/v2.0/token")
        #expect(span.kind == .client && !span.isError)
        #expect(attribute("peer.service") == .string("entra"))
        #expect(attribute("server.address") == .string("login.microsoftonline.com"))
        #expect(attribute("server.port") == .int64(443))
        #expect(attribute("url.template") == .string("/{id}/oauth2/v2.0/token"))
        #expect(attribute("http.request.method") == .string("GET"))
        #expect(attribute("http.request.resend_count") == .int64(2))
        #expect(attribute("http.response.status_code") == .int64(200))
        #expect(attribute("entra.request_id") == .string("5f0c0000-0000-4000-8000-0000000000f1"))
        #expect(!String(reflecting: span).contains("secret"))
    }

    @Test(
        "What has gone wrong is one word or a status",
        arguments: TransportError.Kind.allCases.map {
            (ScriptedCollector.Answer.failure(TransportError($0, requestWasSent: true)), $0.rawValue)
        }
            + [400, 401, 429, 500, 503].map { (.success(HTTPResponse(status: $0)), "\($0)") })
    func failure(answer: ScriptedCollector.Answer, type: String) async throws {
        _ = await sent(.databricks, "http://127.0.0.1:1/api/2.2/jobs/list", answer: answer)
        #expect(collector.spans.first?.isError == true)
        #expect(attribute("error.type") == .string(type))
    }

    @Test(
        "Entra ID and Databricks are told the span and the caller's tracestate, others nothing (D-17, O-05)",
        arguments: TracedTransport.Peer.allCases)
    func propagation(peer: TracedTransport.Peer) async throws {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
        let request = try #require(
            await sent(
                peer, "http://127.0.0.1:1/x", answer: .success(HTTPResponse(status: 200)), traceparent: trace,
                tracestate: "a=b"))
        guard peer == .entra || peer == .databricks else {
            #expect(request.headers.fields.isEmpty)
            return
        }
        let span = try #require(collector.spans.first { $0.kind == .client })
        #expect(request.headers["traceparent"] == span.trace.traceparent)
        #expect(span.trace.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(request.headers["tracestate"] == "a=b")
    }

    @Test("Exports are no part of any trace, so that none causes the next")
    func exports() async {
        _ = await sent(.telemetry, "http://127.0.0.1:4318/v1/traces", answer: .success(HTTPResponse(status: 200)))
        #expect(collector.spans.map(\.name) == ["request"])
    }

    @Test("A trace that nobody keeps is passed on all the same, each attempt under an id of its own")
    func unsampled() async throws {
        let base = ScriptedCollector([.success(HTTPResponse(status: 200))])
        let transport = TracedTransport(peer: .databricks, base)
        await withTracer(TelemetryTracer()) {
            await withWorkSpan("request") { _ in
                for _ in 0..<2 {
                    _ = try? await transport.send(HTTPRequest(url: "http://127.0.0.1:1/", timeout: .seconds(1)))
                }
            }
        }
        let sent = base.requests.compactMap { $0.headers["traceparent"].flatMap { TraceContext(traceparent: $0) } }
        #expect(sent.count == 2 && sent.first?.traceID == sent.last?.traceID && sent.first != sent.last)
        #expect(sent.allSatisfy { !$0.isSampled })
    }

    @Test("Every attempt is measured by peer, method and how it ended, and never by host (E-166)")
    func metric() async throws {
        let registry = MetricsRegistry()
        await withMetricsFactory(registry) {
            let transport = TracedTransport(
                peer: .entra,
                ScriptedCollector([
                    .success(HTTPResponse(status: 200)), .success(HTTPResponse(status: 503)),
                    .failure(TransportError(.dns, requestWasSent: false)), .success(HTTPResponse(status: 999)),
                ]))
            for _ in 0..<4 {
                _ = try? await transport.send(HTTPRequest(url: "https://host.example/a", timeout: .seconds(1)))
            }
        }
        let text = registry.exposition()
        for (status, error) in [("200", ""), ("503", "503"), ("", "dns"), ("_OTHER", "_OTHER")] {
            let labels =
                #"error_type="\#(error)",http_request_method="GET",http_response_status_code="\#(status)",peer="entra""#
            #expect(text.contains("http_client_request_duration_seconds_count{\(labels)} 1"), "\(labels)")
        }
        #expect(!text.contains("host.example"))
    }

    @Test(
        "Paths lose their identifiers",
        arguments: [
            ("https://h/api/2.2/jobs/runs/get?run_id=5", "/api/2.2/jobs/runs/get"), ("https://h", "/"),
            ("https://h?x=1", "/"), ("http://h:80/a/123/b", "/a/{id}/b"),
            ("https://u:p@h/metadata/identity/oauth2/token#f", "/metadata/identity/oauth2/token"),
            ("https://h/11111111-2222-3333-4444-555555555555/discovery/v2.0/keys", "/{id}/discovery/v2.0/keys"),
        ])
    func paths(url: String, template: String) async {
        _ = await sent(.entra, url, answer: .success(HTTPResponse(status: 200)))
        #expect(attribute("url.template") == .string(template))
        #expect(attribute("server.address") == .string("h"))
    }
}
