/// A position in a distributed trace: W3C Trace Context, version 00.
///
/// Continued from the inbound `traceparent` and sent on to Entra ID and Databricks, which both tolerate it (D-17, O-01).
package struct TraceContext: Sendable, Hashable {
    private let traceHigh: UInt64
    private let traceLow: UInt64
    private let spanID: UInt64
    private let flags: UInt8

    private init(traceHigh: UInt64, traceLow: UInt64, spanID: UInt64, flags: UInt8) {
        (self.traceHigh, self.traceLow, self.spanID, self.flags) = (traceHigh, traceLow, spanID, flags)
    }

    /// Starts a trace of our own, not sampled: nobody has asked for it yet.
    package init() {
        var generator = SystemRandomNumberGenerator()
        self.init(
            traceHigh: generator.next(), traceLow: .random(in: 1...UInt64.max, using: &generator),
            spanID: .random(in: 1...UInt64.max, using: &generator), flags: 0)
    }

    /// Reads a `traceparent` value; anything malformed, all-zero or of version `ff` is `nil` and ignored (O-05).
    package init?(traceparent: String) {
        let parts = traceparent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            .map { Substring($0).utf8 }
        guard parts.count >= 4, parts[1].count == 32,
            let version = Hexadecimal.word(parts[0], count: 2), version != 0xFF,
            version != 0 || parts.count == 4,
            let traceHigh = Hexadecimal.word(Substring(parts[1].prefix(16)).utf8, count: 16),
            let traceLow = Hexadecimal.word(Substring(parts[1].suffix(16)).utf8, count: 16),
            let spanID = Hexadecimal.word(parts[2], count: 16),
            let flags = Hexadecimal.word(parts[3], count: 2),
            traceHigh != 0 || traceLow != 0, spanID != 0
        else { return nil }
        // Version 00 defines the sampled bit only; the others are not passed on.
        self.init(traceHigh: traceHigh, traceLow: traceLow, spanID: spanID, flags: UInt8(truncatingIfNeeded: flags & 1))
    }

    /// The same trace with a span id of its own: what an outgoing request carries.
    package func child() -> TraceContext {
        TraceContext(traceHigh: traceHigh, traceLow: traceLow, spanID: .random(in: 1...UInt64.max), flags: flags)
    }

    /// The 32 hexadecimal digits that name the trace.
    package var traceID: String { Hexadecimal.text(traceHigh, count: 16) + Hexadecimal.text(traceLow, count: 16) }

    /// The value of the `traceparent` header.
    package var traceparent: String {
        "00-\(traceID)-\(Hexadecimal.text(spanID, count: 16))-\(Hexadecimal.text(UInt64(flags), count: 2))"
    }
}
