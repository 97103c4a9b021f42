internal import HTTPSyntax

/// Which of our two media types a client takes (T-01).
struct AcceptedTypes: Sendable {
    let json: Bool
    let eventStream: Bool

    /// Reads the values of all `Accept` fields; none at all, like an empty one, accepts everything.
    ///
    /// So does one of which nothing can be read, which a server may disregard (RFC 9110 section 12.5.1).
    init(_ header: String?) {
        // What nearly every client sends.
        guard let header, header != "application/json, text/event-stream",
            case let ranges = AcceptedRange.all(in: [header]), !ranges.isEmpty
        else {
            (json, eventStream) = (true, true)
            return
        }
        json = Preference(for: "application", "json", in: ranges).weight > 0
        eventStream = Preference(for: "text", "event-stream", in: ranges).weight > 0
    }

    /// Whether an answer has to be an event stream because nothing else is wanted (T-02).
    var needsEventStream: Bool { eventStream && !json }
}

/// What a body claims to be (T-03, T-04).
enum BodyType {
    /// Whether the headers announce plain UTF-8 JSON.
    static func isJSON(_ contentType: String?, encoding: String?) -> Bool {
        guard encoding.map({ $0.lowercased() == "identity" }) ?? true else { return false }
        if contentType == "application/json" { return true }
        guard let parts = contentType?.split(separator: ";", omittingEmptySubsequences: false) else { return false }
        let normalized = parts.map { $0.filter { $0 != " " && $0 != "\t" && $0 != "\"" }.lowercased() }
        return normalized.first == "application/json"
            && normalized.dropFirst().allSatisfy { !$0.hasPrefix("charset=") || $0 == "charset=utf-8" }
    }
}
