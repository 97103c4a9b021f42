/// What a result had to leave out, for its reader.
struct Omissions: Equatable {
    private var members: [String] = []
    private var stringLimit: Int?
    private var lists: [String] = []
    /// What was done to items that nobody will ask about.
    private var shortening: String?

    var isEmpty: Bool { members.isEmpty && stringLimit == nil && lists.isEmpty && shortening == nil }

    mutating func drop(_ member: String) { if !members.contains(member) { members.append(member) } }
    mutating func shorten(_ how: String) { shortening = how }
    mutating func cutStrings(longerThan limit: Int) { stringLimit = limit }
    mutating func leaveOut(_ count: Int, of total: Int, _ things: String) {
        lists.append("\(count) of \(total) \(things) were left out")
    }
    mutating func cut(_ name: String, to kept: Int, of total: Int) {
        lists.append("\(name) was cut to \(kept) of \(total) bytes")
    }

    var sentences: [String] {
        var sentences = lists
        if let shortening { sentences.append(shortening) }
        if let stringLimit { sentences.append("strings over \(stringLimit) bytes were cut") }
        if !members.isEmpty { sentences.append("members left out: \(members.joined(separator: ", "))") }
        return sentences
    }
}
