internal import Observability
internal import Tracing

/// The value of an attribute as OTLP knows values.
indirect enum OTLPValue {
    case string(String)
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case array([OTLPValue])

    init(_ attribute: SpanAttribute) {
        switch attribute {
        case .string(let value): self = .text(value)
        case .bool(let value): self = .bool(value)
        case .int32(let value): self = .int(Int64(value))
        case .int64(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .stringConvertible(let value): self = .text(value.description)
        case .stringArray(let values): self = .array(values.map { .text($0) })
        case .boolArray(let values): self = .array(values.map { .bool($0) })
        case .int32Array(let values): self = .array(values.map { .int(Int64($0)) })
        case .int64Array(let values): self = .array(values.map { .int($0) })
        case .doubleArray(let values): self = .array(values.map { .double($0) })
        case .stringConvertibleArray(let values): self = .array(values.map { .text($0.description) })
        // The library adds cases under this rule.
        default: self = .text("")
        }
    }

    private static func text(_ value: String) -> OTLPValue {
        guard value.utf8.count > SpanLimits.textBytes else { return .string(value) }
        return .string(String(value.prefix(SpanLimits.textBytes / 4)))
    }
}

extension SpanAttributes {
    /// Names and values in the order of the names, at most ``SpanLimits/attributes``.
    var sorted: (values: [(name: String, value: OTLPValue)], dropped: Int) {
        var values: [(name: String, value: OTLPValue)] = []
        forEach { name, value in values.append((name, OTLPValue(value))) }
        values.sort { $0.name < $1.name }
        let dropped = max(values.count - SpanLimits.attributes, 0)
        return (Array(values.prefix(SpanLimits.attributes)), dropped)
    }
}

extension SpanKind {
    /// `SpanKind` of OTLP.
    var number: UInt64 {
        switch self {
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        default: 1
        }
    }
}

extension FinishedSpan {
    /// `flags`: W3C's, and whether the parent is in another process (bits 8 and 9).
    var flags: UInt32 {
        var flags: UInt32 = trace.isSampled ? 0x101 : 0x100
        if case .remote? = parent { flags |= 0x200 }
        return flags
    }
}
