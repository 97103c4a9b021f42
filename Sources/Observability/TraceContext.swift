/// A position in a distributed trace: W3C Trace Context, version 00.
///
/// Continued from the inbound `traceparent` and sent on to Entra ID and Databricks, which both tolerate it (D-17, O-01).
/// It never decides what anybody may do (O-05).
package struct TraceContext: Sendable, Hashable {
    /// What `traceparent` and `tracestate` may measure together, in bytes (O-05).
    package static let maximumBytes = 8_192
    /// List members that `tracestate` may have (W3C Trace Context section 3.3.1).
    package static let maximumMembers = 32

    /// The first eight bytes of the trace id.
    package let traceHigh: UInt64
    /// The last eight bytes of the trace id; random, so that sampling by ratio goes by them.
    package let traceLow: UInt64
    /// The eight bytes of the span id, never zero.
    package let span: UInt64
    /// Whether the caller, or this server for what it calls, keeps the spans of this trace.
    package let isSampled: Bool
    /// `tracestate`, which belongs to the systems that take part and is passed on unchanged.
    package let state: String?

    private init(traceHigh: UInt64, traceLow: UInt64, span: UInt64, isSampled: Bool, state: String?) {
        (self.traceHigh, self.traceLow, self.span, self.isSampled) = (traceHigh, traceLow, span, isSampled)
        self.state = state
    }

    /// Starts a trace of our own, not sampled: nobody has asked for it yet.
    package init() {
        self.init(
            traceHigh: RandomWords.next(), traceLow: RandomWords.nextNonzero(), span: RandomWords.nextNonzero(),
            isSampled: false, state: nil)
    }

    /// Reads the two fields; a `traceparent` that is malformed, all-zero or of version `ff` is `nil`, a `tracestate`
    /// that is no list or too long is dropped alone, both silently (O-05).
    package init?(traceparent: String, tracestate: String? = nil) {
        guard traceparent.utf8.count <= 512 else { return nil }
        let parts = traceparent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            .map { Substring($0).utf8 }
        guard parts.count >= 4, parts[1].count == 32,
            let version = Hexadecimal.word(parts[0], count: 2), version != 0xFF,
            version != 0 || parts.count == 4,
            let traceHigh = Hexadecimal.word(Substring(parts[1].prefix(16)).utf8, count: 16),
            let traceLow = Hexadecimal.word(Substring(parts[1].suffix(16)).utf8, count: 16),
            let span = Hexadecimal.word(parts[2], count: 16),
            let flags = Hexadecimal.word(parts[3], count: 2),
            traceHigh != 0 || traceLow != 0, span != 0
        else { return nil }
        let room = Self.maximumBytes - traceparent.utf8.count
        // Version 00 defines the sampled bit only; the others are not passed on.
        self.init(
            traceHigh: traceHigh, traceLow: traceLow, span: span, isSampled: flags & 1 == 1,
            state: tracestate.flatMap { Self.isList($0, upTo: room) ? $0 : nil })
    }

    /// Whether `text` is what `tracestate` may be: `key=value` up to 32 times, printable ASCII.
    private static func isList(_ text: String, upTo limit: Int) -> Bool {
        let bytes = text.utf8
        guard !bytes.isEmpty, bytes.count <= limit, bytes.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 })
        else { return false }
        let members = bytes.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard members.count <= maximumMembers else { return false }
        return members.allSatisfy { member in
            let isEmpty = member.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            return isEmpty || member.dropFirst().contains(UInt8(ascii: "="))
        }
    }

    /// The same trace with a span id of its own: what an outgoing request carries.
    ///
    /// - Parameter isSampled: Whether the new span is kept; unless said otherwise as this one.
    /// - Returns: The child.
    package func child(isSampled: Bool? = nil) -> TraceContext {
        TraceContext(
            traceHigh: traceHigh, traceLow: traceLow, span: RandomWords.nextNonzero(),
            isSampled: isSampled ?? self.isSampled, state: state)
    }

    /// The same position, kept or not.
    ///
    /// - Parameter isSampled: Whether it is kept.
    /// - Returns: The position.
    package func sampled(_ isSampled: Bool) -> TraceContext {
        TraceContext(traceHigh: traceHigh, traceLow: traceLow, span: span, isSampled: isSampled, state: state)
    }

    /// The 32 hexadecimal digits that name the trace.
    package var traceID: String { text(appendTraceID) }

    /// The 16 hexadecimal digits that name the span.
    package var spanID: String { text(appendSpanID) }

    /// The value of the `traceparent` header.
    package var traceparent: String {
        text { bytes in
            bytes += "00-".utf8
            appendTraceID(to: &bytes)
            bytes.append(UInt8(ascii: "-"))
            appendSpanID(to: &bytes)
            bytes += (isSampled ? "-01" : "-00").utf8
        }
    }

    /// Appends the digits of ``traceID``.
    package func appendTraceID(to bytes: inout [UInt8]) {
        Hexadecimal.append(traceHigh, count: 16, to: &bytes)
        Hexadecimal.append(traceLow, count: 16, to: &bytes)
    }

    /// Appends the digits of ``spanID``.
    package func appendSpanID(to bytes: inout [UInt8]) { Hexadecimal.append(span, count: 16, to: &bytes) }

    private func text(_ append: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(56)
        append(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
