internal import Foundation
internal import HTTPTransport
internal import JSON
internal import Observability
internal import Telemetry
internal import TestSupport
internal import Testing
internal import Tracing

/// The bytes that collectors get, compared with what the official library makes of the same spans.
///
/// Fixtures/export-request.base64 is `ExportTraceServiceRequest.SerializeToString()` of the package opentelemetry-proto
/// 1.45.2, and export-request.json its `MessageToDict`, with ids in hexadecimal and enumerations as numbers as OTLP asks.
@Suite(.patient) struct EncodingTests {
    private static let resource = TelemetryResource(
        serviceName: "jobs", version: "1.2.3", instance: "i-1", extras: ["deployment.environment.name": "test"])

    /// A span without anything, and one with everything.
    private static func spans() throws -> [FinishedSpan] {
        let first = try #require(TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"))
        let second = try #require(
            TraceContext(
                traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", tracestate: "vendor=opaque"))
        let plain = FinishedSpan("POST /mcp", first, kind: .server, start: 1_700_000_000_000_000_000)
        var full = FinishedSpan(
            "tools/call é", second, parent: .remote(first), kind: .client, start: 1_700_000_000_123_456_789)
        full.end = 1_700_000_001_000_000_001
        full.attributes = [
            "a.false": false, "b.true": true, "c.double": 0.25, "d.zero": 0, "e.negative": -1,
            "f.large": 9_007_199_254_740_993, "g.empty": "", "h.text": "x\"y",
            "i.list": .stringArray(["p", "q"]),
        ]
        full.events = [SpanEvent(name: "retry", at: Nanoseconds(1_700_000_000_200_000_000), attributes: ["n": 300])]
        full.links = [first]
        full.isError = true
        return [plain, full]
    }

    private struct Nanoseconds: TracerInstant {
        let nanosecondsSinceEpoch: UInt64
        init(_ value: UInt64) { nanosecondsSinceEpoch = value }
        static func < (left: Self, right: Self) -> Bool { left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch }
    }

    private static func fixture(_ name: String) throws -> Data {
        try Data(contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)"))
    }

    /// What an exporter with this encoding posts.
    private static func posted(_ encoding: ExportConfiguration.Encoding) async throws -> (body: [UInt8], type: String?)
    {
        let rig = ExportRig()
        rig.configuration.encoding = encoding
        let exporter = rig.exporter(resource: resource)
        for span in try spans() { exporter.queue.add(span) }
        exporter.finish()
        await exporter.run()
        let request = try #require(rig.transport.requests.first)
        return (try #require(request.body), request.headers["Content-Type"])
    }

    @Test("Protobuf is what the official library writes, byte by byte")
    func protobuf() async throws {
        let text = String(decoding: try Self.fixture("export-request.base64"), as: UTF8.self).filter { !$0.isNewline }
        let expected = try #require(Data(base64Encoded: text))
        let (body, type) = try await Self.posted(.protobuf)
        #expect(body == Array(expected))
        #expect(type == "application/x-protobuf")
    }

    @Test("JSON is the official mapping: hexadecimal ids, numbers of 64 bits as texts, names in camel case")
    func json() async throws {
        let expected = String(decoding: try Self.fixture("export-request.json"), as: UTF8.self)
        let (body, type) = try await Self.posted(.json)
        #expect(String(decoding: body, as: UTF8.self) + "\n" == expected)
        #expect(type == "application/json")
    }
}
