internal import Observability
internal import Testing

@testable import App

@Suite struct ServiceStatusTests {
    private func counts(_ arrived: Int, refused: Int = 0, failed: Int = 0, inFlight: Int = 0) -> RequestTally.Counts {
        var counts = RequestTally.Counts()
        (counts.arrived, counts.refused, counts.failed, counts.inFlight) = (arrived, refused, failed, inFlight)
        return counts
    }

    @Test("Counts what came in the last minute, and names the last failure")
    func minute() throws {
        var status = ServiceStatus(interval: .seconds(20))
        let first = status.ready(counts(7, refused: 1), obstacle: nil, address: "127.0.0.1:8000")
        #expect(first == "Ready on 127.0.0.1:8000. Last minute: 7 requests, 1 refused, 0 failed; 0 in flight")
        _ = status.ready(counts(8), obstacle: nil, address: "")
        _ = status.ready(counts(9), obstacle: nil, address: "")

        var later = counts(19, refused: 3, failed: 2, inFlight: 4)
        later.lastFailure = RequestTally.Failure(
            time: 1_789_899_072_345, tool: "get_run", kind: "unavailable",
            correlationID: CorrelationID("9a000000-0000-4000-8000-0000000000f2"))
        #expect(
            status.ready(later, obstacle: "no keys", address: "x")
                == "Not ready: no keys. Last minute: 12 requests, 2 refused, 2 failed; 4 in flight; last failure "
                + "10:11:12Z get_run unavailable (CORRELATION_ID=9a000000-0000-4000-8000-0000000000f2)")
    }
}
