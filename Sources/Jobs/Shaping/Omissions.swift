/// What a result had to leave out, for its reader.
struct Omissions: Equatable {
    private var members: [String] = []
    private var stringLimit: Int?
    private var lists: [String] = []
    /// How items were shortened that did not fail.
    private var shortening: [String] = []
    /// What is missing for other reasons than the size of the result.
    private var notes: [String] = []
    /// What helps against ``notes``.
    private(set) var ways: [String] = []

    var isEmpty: Bool { !shrinks && notes.isEmpty }
    /// Whether a larger result would show more.
    var shrinks: Bool { !members.isEmpty || stringLimit != nil || !lists.isEmpty || !shortening.isEmpty }

    mutating func drop(_ member: String) { if !members.contains(member) { members.append(member) } }
    mutating func shorten(_ how: String) { if !shortening.contains(how) { shortening.append(how) } }
    mutating func cutStrings(longerThan limit: Int) { stringLimit = min(stringLimit ?? limit, limit) }
    mutating func leaveOut(_ count: Int, of total: Int, _ things: String) {
        lists.append("\(count) of \(total) \(things) were left out")
    }
    mutating func cut(_ name: String, to kept: Int, of total: Int) {
        lists.append("\(name) was cut to \(kept) of \(total) bytes")
    }
    /// Notes what no larger result would show, and what would.
    mutating func note(_ sentence: String, way: String?) {
        if !notes.contains(sentence) { notes.append(sentence) }
        if let way, !ways.contains(way) { ways.append(way) }
    }

    var sentences: [String] {
        var sentences = notes + lists + shortening
        if let stringLimit { sentences.append("strings over \(stringLimit) bytes were cut") }
        if !members.isEmpty { sentences.append("members left out: \(members.joined(separator: ", "))") }
        return sentences
    }
}
