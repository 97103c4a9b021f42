internal import Observability
internal import Testing

@Suite struct CorrelationIDTests {
    @Test("A new identifier is a version 4 UUID and reads back equal")
    func roundTrip() throws {
        let id = CorrelationID()
        let text = id.description

        #expect(text.count == 36)
        #expect(Array(text)[14] == "4")
        #expect("89ab".contains(Array(text)[19]))
        #expect(CorrelationID(text) == id)
        #expect(CorrelationID() != id)
    }

    @Test(
        "Adopts any UUID and prints it in lower case",
        arguments: [
            ("9A000000-0000-4000-8000-0000000000F2", "9a000000-0000-4000-8000-0000000000f2"),
            ("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ])
    func adopts(text: String, printed: String) {
        #expect(CorrelationID(text)?.description == printed)
    }

    @Test(
        "Refuses everything that is not a UUID",
        arguments: [
            "", "x", "9a0000000000400080000000000000f2", "9a000000-0000-4000-8000-0000000000f",
            "9a000000-0000-4000-8000-0000000000f2 ", "9a000000-0000-4000-8000-0000000000g2",
            "9a000000_0000-4000-8000-0000000000f2", "{9a000000-0000-4000-8000-0000000000f2}",
            "9a000000-0000-4000-8000-0000000\n00f2",
        ])
    func refuses(text: String) {
        #expect(CorrelationID(text) == nil)
    }
}

@Suite struct TraceContextTests {
    private static let valid = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"

    @Test("Continues a trace under a span id of its own")
    func child() throws {
        let inbound = try #require(TraceContext(traceparent: Self.valid))
        let child = inbound.child()

        #expect(inbound.traceparent == Self.valid)
        #expect(child.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(child.traceparent.hasSuffix("-01"))
        #expect(child != inbound)
        #expect(TraceContext(traceparent: child.traceparent) == child)
    }

    @Test("A trace of our own is valid and not sampled")
    func own() {
        let context = TraceContext()

        #expect(TraceContext(traceparent: context.traceparent) == context)
        #expect(context.traceparent.hasSuffix("-00"))
    }

    @Test(
        "Ignores a malformed traceparent (O-05)",
        arguments: [
            "", "00", "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7",
            "ff-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-00f067aa0ba902b7-01",
            "00-0af7651916cd43dd8448eb211c80319-00f067aa0ba902b7-01",
            "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01-extra", "00-é-00f067aa0ba902b7-01",
        ])
    func malformed(text: String) {
        #expect(TraceContext(traceparent: text) == nil)
    }

    @Test("tracestate is passed on unchanged, also by spans within")
    func state() throws {
        let text = "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE,,tenant@vendor=a b"
        let inbound = try #require(TraceContext(traceparent: Self.valid, tracestate: text))
        #expect(inbound.state == text)
        #expect(inbound.child().state == text)
    }

    @Test(
        "A tracestate that is no list or too long is dropped, and the trace is continued (O-05)",
        arguments: [
            "", "novalue", "=x", "a=b,\u{7}", "a=é", Array(repeating: "a=b", count: 33).joined(separator: ","),
            "a=" + String(repeating: "x", count: 8_192),
        ])
    func droppedState(text: String) {
        let inbound = TraceContext(traceparent: Self.valid, tracestate: text)
        #expect(inbound != nil)
        #expect(inbound?.state == nil)
    }

    @Test("Both fields together are bounded (O-05)")
    func bounds() {
        let room = TraceContext.maximumBytes - Self.valid.utf8.count
        let fits = "a=" + String(repeating: "x", count: room - 2)
        #expect(TraceContext(traceparent: Self.valid, tracestate: fits)?.state == fits)
        #expect(TraceContext(traceparent: Self.valid, tracestate: fits + "x")?.state == nil)
        #expect(
            TraceContext(traceparent: "01" + Self.valid.dropFirst(2) + "-" + String(repeating: "x", count: 512)) == nil)
    }

    @Test("A later version may carry more fields")
    func laterVersion() {
        #expect(TraceContext(traceparent: "01-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01-more") != nil)
    }
}
