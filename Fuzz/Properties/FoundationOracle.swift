internal import Foundation
internal import JSON

/// Compares our reading of a text with that of Foundation, which shares no code with it.
enum FoundationOracle {
    /// One way only: Foundation also takes trailing commas and other encodings, which RFC 8259 does not allow.
    static func compare(_ input: [UInt8]) throws(Violation) {
        var limits = JSONLimits.upstream
        limits.loneSurrogates = .reject
        guard let ours = try? JSONValue.parse(input, limits: limits) else { return }
        guard let theirs = read(input) else {
            // Foundation refuses numbers beyond Double's range; RFC 8259 section 6 leaves that to the reader.
            return try require(holdsExtremeNumber(input), "Foundation refuses what we read: \(ours)")
        }
        try require(isEqual(ours, theirs), "Foundation reads the same: \(ours), not \(theirs)")
    }

    /// The objects of Foundation, or `nil` for what it refuses.
    static func read(_ input: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
    }

    private static func holdsExtremeNumber(_ input: [UInt8]) -> Bool {
        guard let root = try? JSONDocument(parsing: input, limits: .upstream).root else { return false }
        return holdsExtremeNumber(root)
    }

    private static func holdsExtremeNumber(_ element: JSONElement) -> Bool {
        if element.kind == .number {
            return element.double.map { $0.magnitude < 1e-300 || $0.magnitude > 1e300 } ?? true
        }
        return element.elements.contains(where: holdsExtremeNumber)
            || element.members.contains { holdsExtremeNumber($0.value) }
    }

    private static func isEqual(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null: theirs is NSNull
        case .bool(let value): (theirs as? Bool) == value
        case .integer(let value): (theirs as? NSNumber)?.int64Value == value
        case .number(let value): (theirs as? NSNumber).map { isClose($0.doubleValue, value) } ?? false
        case .string(let value): (theirs as? String).map { isEqual(value, $0) } ?? false
        case .array(let elements):
            (theirs as? [Any]).map { $0.count == elements.count && zip(elements, $0).allSatisfy(isEqual) } ?? false
        case .object(let object): isEqual(object, theirs)
        }
    }

    /// By bytes, but for U+FEFF: Foundation takes it for a byte-order mark at the start and after an escape, and drops it.
    private static func isEqual(_ ours: String, _ theirs: String) -> Bool {
        withoutMarks(ours).elementsEqual(withoutMarks(theirs))
    }

    private static func withoutMarks(_ text: String) -> some Sequence<Unicode.Scalar> {
        text.unicodeScalars.lazy.filter { $0 != "\u{FEFF}" }
    }

    /// Leaves out what Foundation cannot tell apart: its keys are Swift strings, equal when canonically equivalent.
    private static func isEqual(_ object: JSONObject, _ theirs: Any) -> Bool {
        guard let members = theirs as? [String: Any] else { return false }
        guard members.count == object.members.count else { return members.count < object.members.count }
        guard !object.members.contains(where: { $0.name.unicodeScalars.contains("\u{FEFF}") }) else { return true }
        return object.members.allSatisfy { name, value in members[name].map { isEqual(value, $0) } ?? false }
    }

    private static func isClose(_ first: Double, _ second: Double) -> Bool {
        first == second || (first - second).magnitude <= 1e-9 * max(first.magnitude, second.magnitude)
    }
}
