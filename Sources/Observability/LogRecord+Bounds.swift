/// What one record may weigh: a foreign text of megabytes must neither fill the queue nor the journal.
extension LogRecord {
    /// Bytes of message, keys and values together.
    package static let maximumBytes = 256 << 10
    /// Fields of one record.
    static let maximumFields = 512

    /// The record within ``maximumBytes``: the longest texts are cut, and `log.cut.bytes` says by how much.
    ///
    /// - Parameter limit: Bytes, at least 64 KiB.
    /// - Returns: The record itself when it is within the limit, as nearly all are.
    package func bounded(toBytes limit: Int = maximumBytes) -> LogRecord {
        let whole = weight
        guard whole > limit || fields.count > Self.maximumFields else { return self }
        var cut = LogRecord(self, fields: Array(fields.prefix(Self.maximumFields)))
        // Halving spares the short texts: what is cut is what made the record long.
        var longest = limit / 2
        while cut.weight > limit - Self.reserve, longest > 16 {
            cut = LogRecord(self, limitingTextsTo: longest)
            longest /= 2
        }
        let lost = max(0, whole - cut.weight)
        return LogRecord(cut, fields: cut.fields + [(key: "log.cut.bytes", value: String(lost))])
    }

    /// Room for the field that tells of the cut.
    private static let reserve = 64

    private init(_ other: LogRecord, message: String? = nil, fields: [(key: String, value: String)]) {
        self.init(
            time: other.time, level: other.level, message: message ?? other.message, module: other.module,
            fields: fields, file: other.file, function: other.function, line: other.line)
    }

    private init(_ other: LogRecord, limitingTextsTo limit: Int) {
        self.init(
            other, message: other.message.cut(toBytes: limit),
            fields: other.fields.prefix(Self.maximumFields).map {
                (key: $0.key.cut(toBytes: 128), value: $0.value.cut(toBytes: limit))
            })
    }
}

extension String {
    /// The first `limit` bytes, without half a character, and an ellipsis; the text itself if it is not longer.
    fileprivate func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end]) + "…"
    }
}
