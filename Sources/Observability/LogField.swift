/// Names and types of metadata keys outside swift-log; docs/logging.md has the table.
package enum LogField {
    /// What a JSON line makes of a value; the type of a member never changes from line to line.
    package enum Kind: String, Sendable {
        /// A string; also ids, which may be larger than a double holds.
        case text
        /// A number, or `null` where the value is none.
        case number
        /// `true` or `false`.
        case boolean
    }

    /// The keys whose values are numbers.
    package static let numbers: Set<String> = [
        "auth.ms", "certificate.days", "clock.difference", "duration.ms", "http.bytes", "http.status", "jwks.added",
        "jwks.failures", "jwks.keys", "jwks.removed", "jwks.skipped", "log.cut.bytes", "log.dropped", "log.suppressed",
        "obo.ms", "otel.spans", "queue.ms", "request.bytes", "response.bytes", "retry.after", "retry.delay",
        "retry.number", "token.lifetime", "token.reject.count", "upstream.calls", "upstream.ms",
    ]
    /// The keys whose values are `true` or `false`.
    package static let booleans: Set<String> = ["jwks.usable", "response.stream"]

    /// The type of the member that `key` becomes.
    package static func kind(of key: String) -> Kind {
        if numbers.contains(key) { return .number }
        return booleans.contains(key) ? .boolean : .text
    }

    /// `correlation.id` as JSON member: `correlation_id`.
    package static func jsonName(_ key: String) -> String {
        String(decoding: key.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    /// Whether `text` is a number as JSON writes it, without an exponent.
    static func isNumber(_ text: String) -> Bool {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        let parts = digits.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else {
            return false
        }
        return parts[0].count == 1 || parts[0].first != UInt8(ascii: "0")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
