internal import HTTPSyntax
internal import Observability

/// Which of our two media types a client takes (T-01).
struct AcceptedTypes: Sendable {
    let json: Bool
    let eventStream: Bool

    /// Reads the values of all `Accept` fields; none at all, like an empty one, accepts everything.
    ///
    /// One of which nothing can be read names no type that we have.
    init(_ header: String?) {
        // What nearly every client sends.
        guard let header, header != "application/json, text/event-stream",
            !header.utf8.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
        else {
            (json, eventStream) = (true, true)
            return
        }
        let ranges = AcceptedRange.all(in: [header])
        json = Preference(for: "application", "json", in: ranges).weight > 0
        eventStream = Preference(for: "text", "event-stream", in: ranges).weight > 0
    }

    /// Whether an answer has to be an event stream because nothing else is wanted (T-02).
    var needsEventStream: Bool { eventStream && !json }
}

/// What a body claims to be (T-03, T-04).
enum BodyType {
    /// The header for which it is not plain UTF-8 JSON, or `nil`; copies of a header that agree are one.
    static func obstacle(_ contentType: String?, encoding: String?) -> RefusedField? {
        if let encoding, !each(of: encoding, { $0.lowercased() == "identity" }) {
            return RefusedField("Content-Encoding", encoding)
        }
        if contentType == "application/json" { return nil }
        guard let contentType, isJSON(contentType[...]) || each(of: contentType, isJSON) else {
            return RefusedField("Content-Type", contentType)
        }
        return nil
    }

    private static func isJSON(_ contentType: Substring) -> Bool {
        let parts = contentType.split(separator: ";", omittingEmptySubsequences: false)
        let normalized = parts.map { $0.filter { $0 != " " && $0 != "\t" && $0 != "\"" }.lowercased() }
        return normalized.first == "application/json"
            && normalized.dropFirst().allSatisfy {
                // The second is no registered name, and written for the first all the same.
                !$0.hasPrefix("charset=") || $0 == "charset=utf-8" || $0 == "charset=utf8"
            }
    }

    private static func each(of list: String, _ isGood: (Substring) -> Bool) -> Bool {
        list.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
            isGood(part.drop { $0 == " " || $0 == "\t" })
        }
    }
}
