internal import JSON

/// What a collector says about a batch that it took (`ExportTraceServiceResponse`).
enum OTLPAnswer {
    /// How many spans of the batch it refused; 0 when it says nothing readable.
    static func rejectedSpans(in body: [UInt8], _ encoding: ExportConfiguration.Encoding) -> Int {
        switch encoding {
        case .json:
            guard let document = try? JSONDocument(parsing: body, limits: .upstream),
                let count = document.root["partialSuccess"]?["rejectedSpans"]
            else { return 0 }
            return count.string.flatMap { Int($0) } ?? count.integer.flatMap { Int(exactly: $0) } ?? 0
        case .protobuf:
            var answer = ProtobufReader(body[...])
            while let (field, value) = answer.next() {
                guard field == 1, case .bytes(let bytes) = value else { continue }
                var partial = ProtobufReader(bytes)
                while let (field, value) = partial.next() {
                    if field == 1, case .number(let count) = value { return Int(clamping: count) }
                }
            }
            return 0
        }
    }
}

/// Reads varints and length-delimited fields; anything else, or anything malformed, ends it.
private struct ProtobufReader {
    enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next() -> (field: UInt64, value: Value)? {
        guard let key = varint() else { return nil }
        switch key & 7 {
        case 0: return varint().map { (key >> 3, .number($0)) }
        case 2:
            guard let length = varint(), length <= UInt64(rest.count) else { return nil }
            defer { rest = rest.dropFirst(Int(length)) }
            return (key >> 3, .bytes(rest.prefix(Int(length))))
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }
}
