internal import Observability
internal import Tracing

/// `ExportTraceServiceRequest` of OTLP 1 in protobuf: opentelemetry/proto/trace/v1/trace.proto.
///
/// Field numbers are the schema's; Tests/TelemetryTests compares the bytes with those of the official library.
enum OTLPProtobuf {
    static func encode(_ spans: [FinishedSpan], of resource: TelemetryResource) -> [UInt8] {
        var request = ProtobufWriter()
        request.message(1) { resourceSpans in
            resourceSpans.message(1) { message in
                for (name, value) in resource.attributes { attribute(1, name, .string(value), in: &message) }
            }
            resourceSpans.message(2) { scopeSpans in
                scopeSpans.message(1) { scope in
                    scope.string(1, resource.scope)
                    scope.string(2, resource.version)
                }
                for span in spans { scopeSpans.message(2) { write(span, into: &$0) } }
            }
        }
        return request.bytes
    }

    private static func write(_ span: FinishedSpan, into message: inout ProtobufWriter) {
        message.identifier(1, span.trace.traceHigh, span.trace.traceLow)
        message.identifier(2, span.trace.span)
        message.string(3, span.trace.state ?? "")
        if let parent = span.parent { message.identifier(4, parent.trace.span) }
        message.string(5, span.name)
        message.varint(6, span.kind.number)
        message.fixed64(7, span.start)
        message.fixed64(8, span.end)
        let (attributes, dropped) = span.attributes.sorted
        for (name, value) in attributes { attribute(9, name, value, in: &message) }
        message.varint(10, UInt64(dropped))
        for event in span.events { message.message(11) { write(event, into: &$0) } }
        for link in span.links { message.message(13) { write(link, into: &$0) } }
        if span.isError { message.message(15) { $0.varint(3, 2) } }
        message.fixed32(16, span.flags)
    }

    private static func write(_ event: SpanEvent, into message: inout ProtobufWriter) {
        message.fixed64(1, event.nanosecondsSinceEpoch)
        message.string(2, event.name)
        for (name, value) in event.attributes.sorted.values { attribute(3, name, value, in: &message) }
    }

    private static func write(_ link: TraceContext, into message: inout ProtobufWriter) {
        message.identifier(1, link.traceHigh, link.traceLow)
        message.identifier(2, link.span)
        message.string(3, link.state ?? "")
        message.fixed32(6, link.isSampled ? 1 : 0)
    }

    private static func attribute(
        _ field: UInt64, _ name: String, _ value: OTLPValue, in message: inout ProtobufWriter
    ) {
        message.message(field) { pair in
            pair.string(1, name)
            pair.message(2) { write(value, into: &$0) }
        }
    }

    private static func write(_ value: OTLPValue, into message: inout ProtobufWriter) {
        switch value {
        case .string(let text): message.member(1, Array(text.utf8))
        case .bool(let value): message.choice(2, value ? 1 : 0)
        case .int(let number): message.choice(3, UInt64(bitPattern: number))
        case .double(let number): message.choice(fixed64: 4, number.bitPattern)
        case .array(let values):
            message.message(5) { array in for value in values { array.message(1) { write(value, into: &$0) } } }
        }
    }
}
