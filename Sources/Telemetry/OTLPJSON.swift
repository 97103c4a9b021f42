internal import JSON
internal import Observability
internal import Tracing

/// `ExportTraceServiceRequest` of OTLP 1 in JSON: names in camel case, ids in hexadecimal, 64-bit numbers as texts.
enum OTLPJSON {
    static func encode(_ spans: [FinishedSpan], of resource: TelemetryResource) -> [UInt8] {
        var json = JSONWriter(capacity: 512 * (spans.count + 1))
        json.object {
            $0.array("resourceSpans") { json in
                json.object { json in
                    json.key("resource")
                    json.object { attributes(resource.attributes.map { ($0, .string($1)) }, into: &$0) }
                    json.array("scopeSpans") { json in
                        json.object { json in
                            json.key("scope")
                            json.object { json in
                                json.text("name", resource.scope)
                                json.text("version", resource.version)
                            }
                            json.array("spans") { json in for span in spans { write(span, into: &json) } }
                        }
                    }
                }
            }
        }
        return json.bytes
    }

    private static func write(_ span: FinishedSpan, into json: inout JSONWriter) {
        json.object { json in
            identity(span.trace, into: &json)
            if let parent = span.parent { json.text("parentSpanId", parent.trace.spanID) }
            json.text("name", span.name)
            json.number("kind", Int64(span.kind.number))
            json.text("startTimeUnixNano", "\(span.start)")
            json.text("endTimeUnixNano", "\(span.end)")
            let (values, dropped) = span.attributes.sorted
            attributes(values, into: &json)
            if dropped > 0 { json.number("droppedAttributesCount", Int64(dropped)) }
            if !span.events.isEmpty {
                json.array("events") { json in for event in span.events { write(event, into: &json) } }
            }
            if !span.links.isEmpty {
                json.array("links") { json in
                    for link in span.links {
                        json.object { json in
                            identity(link, into: &json)
                            json.number("flags", link.isSampled ? 1 : 0)
                        }
                    }
                }
            }
            if span.isError {
                json.key("status")
                json.object { $0.number("code", 2) }
            }
            json.number("flags", Int64(span.flags))
        }
    }

    private static func identity(_ trace: TraceContext, into json: inout JSONWriter) {
        json.text("traceId", trace.traceID)
        json.text("spanId", trace.spanID)
        if let state = trace.state { json.text("traceState", state) }
    }

    private static func write(_ event: SpanEvent, into json: inout JSONWriter) {
        json.object { json in
            json.text("timeUnixNano", "\(event.nanosecondsSinceEpoch)")
            json.text("name", event.name)
            attributes(event.attributes.sorted.values, into: &json)
        }
    }

    private static func attributes(_ values: [(name: String, value: OTLPValue)], into json: inout JSONWriter) {
        guard !values.isEmpty else { return }
        json.array("attributes") { json in
            for (name, value) in values {
                json.object { json in
                    json.text("key", name)
                    json.key("value")
                    write(value, into: &json)
                }
            }
        }
    }

    private static func write(_ value: OTLPValue, into json: inout JSONWriter) {
        json.object { json in
            switch value {
            case .string(let text): json.text("stringValue", text)
            case .int(let number): json.text("intValue", "\(number)")
            case .bool(let value):
                json.key("boolValue")
                json.bool(value)
            case .double(let number):
                json.key("doubleValue")
                // Protobuf's JSON has texts for what JSON has no numbers for.
                if number.isFinite {
                    json.number(number)
                } else {
                    json.string(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
                }
            case .array(let values):
                json.key("arrayValue")
                json.object { $0.array("values") { json in for value in values { write(value, into: &json) } } }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func object(_ write: (inout JSONWriter) -> Void) {
        beginObject()
        write(&self)
        endObject()
    }

    fileprivate mutating func array(_ name: String, _ write: (inout JSONWriter) -> Void) {
        key(name)
        beginArray()
        write(&self)
        endArray()
    }

    fileprivate mutating func text(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    fileprivate mutating func number(_ name: String, _ value: Int64) {
        key(name)
        integer(value)
    }
}
