internal import Observability

/// Which of our two media types a client takes (T-01).
struct AcceptedTypes: Sendable {
    let json: Bool
    let eventStream: Bool

    /// Reads an `Accept` header; none at all, like an empty one, accepts everything.
    init(_ header: String?) {
        guard let header, header != "application/json, text/event-stream", !header.isEmpty else {
            (json, eventStream) = (true, true)
            return
        }
        let ranges = header.split(separator: ",").map(MediaRange.init)
        func accepts(_ type: String, _ wildcard: String) -> Bool {
            let names: Set<String> = [type, wildcard, "*/*"]
            let isRefused = ranges.contains { $0.name == type && !$0.isAcceptable }
            return !isRefused && ranges.contains { names.contains($0.name) && $0.isAcceptable }
        }
        json = accepts("application/json", "application/*")
        eventStream = accepts("text/event-stream", "text/*")
    }

    /// Whether an answer has to be an event stream because nothing else is wanted (T-02).
    var needsEventStream: Bool { eventStream && !json }
}

/// One element of an `Accept` header; of its weight only `q=0` counts.
private struct MediaRange {
    let name: String
    let isAcceptable: Bool

    init(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        name = parts.first ?? ""
        isAcceptable = !parts.dropFirst().contains { part in
            part.hasPrefix("q=0") && part.dropFirst(3).allSatisfy { $0 == "0" || $0 == "." }
        }
    }
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
