internal import Auth
internal import HTTPServer
internal import HTTPTypes
internal import Testing

@testable import App

/// Who gets a place, and who is turned away with which reason, step by step (H-01, H-05, R-07).
@Suite struct RequestGateTableTests {
    private enum Step {
        /// A request of this caller comes: its name, and the reason why it is refused.
        case come(Int, String, String? = nil)
        /// It has a body of so many bytes.
        case body(String, Int, String? = nil)
        /// Its body has come, and measures so much.
        case settle(String, Int)
        /// It is all there.
        case start(String, String? = nil)
        /// It is answered.
        case leave(String)
    }

    private struct Row: CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]

        init(_ testDescription: String, _ steps: Step...) {
            (self.testDescription, self.steps) = (testDescription, steps)
        }
    }

    /// 8 places, of which the last one is for callers who have none; 3 for each caller; 100 bytes, 40 for each.
    private static let limits = RequestGate.Limits(total: 8, perCaller: 3, bodyBytes: 100, bodyBytesPerCaller: 40)

    private static let rows: [Row] = [
        Row(
            "a caller has so many places, and each can be taken again", .come(1, "a"), .come(1, "b"), .come(1, "c"),
            .come(1, "d", "flooding"), .come(2, "e"), .leave("b"), .come(1, "f"), .come(1, "g", "flooding")),
        Row(
            "whoever is still sending has none of the places of all", .come(1, "a"), .come(1, "b"), .come(1, "c"),
            .come(2, "d"), .come(2, "e"), .come(2, "f"), .come(3, "g"), .come(3, "h"), .come(3, "i"), .come(4, "j"),
            .start("j"), .come(4, "k"), .start("k"), .start("a")),
        Row(
            "the last place is for who has none", .come(1, "a"), .start("a"), .come(1, "b"), .start("b"), .come(1, "c"),
            .start("c"), .come(2, "d"), .start("d"), .come(2, "e"), .start("e"), .come(2, "f"), .start("f"),
            .come(3, "g"),
            .start("g"), .come(3, "h"), .start("h", "overloaded"), .come(4, "i"), .start("i"), .come(5, "j"),
            .start("j", "overloaded"), .leave("a"), .start("j"), .leave("d"), .leave("e"), .start("h")),
        Row(
            "bodies have a sum for each caller and one for all", .come(1, "a"), .body("a", 40), .come(1, "b"),
            .body("b", 1, "caller_bodies"), .body("b", 0), .come(2, "c"), .body("c", 40), .come(3, "d"), .body("d", 20),
            .come(4, "e"), .body("e", 1, "bodies"), .leave("a"), .body("e", 40), .body("b", 1, "bodies")),
        Row(
            "a body that came shorter than it might have gives the rest back, once", .come(1, "a"), .body("a", 40),
            .come(1, "b"), .body("b", 40, "caller_bodies"), .settle("a", 5), .settle("a", 5), .body("b", 35),
            .come(1, "c"), .body("c", 1, "caller_bodies"), .settle("b", 50), .leave("a"), .body("c", 5)),
        Row(
            "a body too many takes nothing", .come(1, "a"), .body("a", 41, "caller_bodies"), .body("a", 40),
            .leave("a"),
            .come(1, "b"), .body("b", 40)),
    ]

    /// Callers by their numbers.
    private static let callers = (0..<10).compactMap { number in
        GUID("00000000-0000-4000-8000-00000000000\(number)").map { RequestGate.CallerKey(tenantID: $0, objectID: $0) }
    }

    private static func reason(_ step: () throws(RequestRefusal) -> Void) -> String? {
        do throws(RequestRefusal) { try step() } catch { return error.reason }
        return nil
    }

    @Test("Places and bodies", arguments: rows.indices)
    private func table(index: Int) {
        let gate = RequestGate(Self.limits)
        var places: [String: RequestGate.Place] = [:]
        for (number, step) in Self.rows[index].steps.enumerated() {
            let (outcome, expected): (String?, String?) =
                switch step {
                case .come(let caller, let name, let expected):
                    (
                        Self.reason { () throws(RequestRefusal) in places[name] = try gate.enter(Self.callers[caller])
                        },
                        expected
                    )
                case .body(let name, let bytes, let expected):
                    (Self.reason { () throws(RequestRefusal) in try places[name]?.admitBody(of: bytes) }, expected)
                case .settle(let name, let bytes): (places[name]?.settleBody(at: bytes) == nil ? "nobody" : nil, nil)
                case .start(let name, let expected):
                    (Self.reason { () throws(RequestRefusal) in try places[name]?.start() }, expected)
                case .leave(let name): (places.removeValue(forKey: name) == nil ? "nobody" : nil, nil)
                }
            #expect(outcome == expected, "\(Self.rows[index].testDescription): step \(number), \(step)")
        }
        places = [:]
        #expect(gate.bodyBytes == 0)
    }

    @Test("A gate that is closed lets nobody in, and one that drains everybody; both have connections end")
    func closing() {
        let gate = RequestGate(Self.limits)
        func entering() -> String? { Self.reason { () throws(RequestRefusal) in try gate.enter() } }
        #expect(entering() == nil && !gate.isDraining)
        gate.drain()
        #expect(entering() == nil && gate.isDraining)
        gate.close()
        #expect(entering() == "closing" && gate.isDraining)
    }

    @Test("Reasons are answered 503 where all are concerned and 429 where one caller is, and when to come again")
    func answers() {
        for reason in RequestGate.Refusal.allCases {
            let isCallers = reason == .flooding || reason == .callerBodies
            #expect(reason.response.status.code == (isCallers ? 429 : 503))
            #expect(reason.response.headers[.retryAfter] == (reason == .closing ? "5" : "1"))
        }
    }
}
