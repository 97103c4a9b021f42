internal import JSON

/// Carries upstream values into a result; one per result, because it remembers what had to be left out.
///
/// Copies are exact but for ids beyond 2^53-1, control characters, links and download secrets (K-14, TC-05, D-68, D-80).
struct UpstreamCopy {
    private let workspace: Workspace
    let reduction: Reduction
    private let rules: JSONCopyRules
    private let replacement: JSONWriter.Replacement?
    /// What was left out, in sentences without full stops.
    private(set) var omissions = Omissions()

    /// Members with a link or a secret, replaced wherever they are.
    private static let guarded = ["run_page_url", "output_link", "artifacts_link", "artifacts_headers"]
    private static let rulesForRuns = JSONCopyRules(replacedNames: guarded)
    private static let rulesForJobs = JSONCopyRules()

    /// For jobs, which have neither links of their own nor secrets.
    init(jobsOf workspace: Workspace, _ reduction: Reduction) {
        self.workspace = workspace
        self.reduction = reduction
        rules = Self.rulesForJobs
        replacement = nil
    }

    /// For runs and their outputs.
    init(runsOf workspace: Workspace, _ reduction: Reduction) {
        self.workspace = workspace
        self.reduction = reduction
        rules = Self.rulesForRuns
        replacement = { name, value, writer in
            Self.replace(name, value, origin: workspace.origin, into: &writer)
        }
    }

    /// Writes the members of `object` but those in `handled`, which the caller writes itself.
    mutating func members(of object: JSONElement, except handled: [String] = [], into writer: inout JSONWriter) {
        for member in object.members {
            guard !handled.contains(where: { member.isNamed($0) }) else { continue }
            self.member(member, into: &writer)
        }
    }

    /// Writes the few members of a task that nobody will ask about.
    mutating func core(of task: JSONElement, into writer: inout JSONWriter) {
        for member in task.members where Reduction.core.contains(where: { member.isNamed($0) }) {
            self.member(member, into: &writer)
        }
        omissions.shortenTasks()
    }

    private mutating func member(_ member: JSONMember, into writer: inout JSONWriter) {
        let name = member.name
        guard keeps(name) else { return drop(name) }
        writer.key(name)
        if let replacement, Self.guarded.contains(name), replacement(name, member.value, &writer) { return }
        if let id = Self.identifier(name, member.value) { return writer.identifier(id) }
        value(member.value, into: &writer)
    }

    /// Writes one value.
    mutating func value(_ value: JSONElement, into writer: inout JSONWriter) {
        guard reduction != .none else { return writer.copy(value, rules: rules, replacement: replacement) }
        reduced(value, into: &writer)
    }

    /// Ids that older or newer services may send as decimal strings (D-09); results always have one form (K-14).
    private static let identifiers: Set<String> = [
        "job_id", "run_id", "job_run_id", "number_in_job", "original_attempt_run_id",
    ]

    private static func identifier(_ name: String, _ value: JSONElement) -> Int64? {
        value.kind == .string && identifiers.contains(name) ? value.exactInteger : nil
    }

    /// Whether the reduction leaves an item its member `name`.
    func keeps(_ name: String) -> Bool {
        if reduction.keepsEssentialsOnly { return Reduction.essential.contains(name) }
        return !reduction.dropsBulk || !Reduction.bulk.contains(name)
    }

    // MARK: Links and secrets

    private static func replace(
        _ name: String, _ value: JSONElement, origin: String, into writer: inout JSONWriter
    ) -> Bool {
        guard name.hasSuffix("url") || name == "output_link" else {
            writer.string("masked: a download secret")
            return true
        }
        guard let link = value.string, let shown = RunLink.shown(Array(link.utf8)[...], origin: origin) else {
            writer.null()
            return true
        }
        writer.string(utf8: shown.span)
        return true
    }

    // MARK: Reduced copies

    private mutating func reduced(_ value: JSONElement, into writer: inout JSONWriter) {
        switch value.kind {
        case .object:
            writer.beginObject()
            for member in value.members { nested(member, into: &writer) }
            writer.endObject()
        case .array:
            writer.beginArray()
            for element in value.elements { reduced(element, into: &writer) }
            writer.endArray()
        case .string where value.rawBytes.count > reduction.stringLimit:
            writer.string(TextCut.head(value.cleanString ?? "", limit: reduction.stringLimit))
            omissions.cutStrings(longerThan: reduction.stringLimit)
        default: writer.copy(value, rules: rules)
        }
    }

    /// Inside an item everything that is kept is kept whole, except for bulk.
    private mutating func nested(_ member: JSONMember, into writer: inout JSONWriter) {
        let name = member.name
        guard !reduction.dropsBulk || !Reduction.bulk.contains(name) else { return omissions.drop(name) }
        writer.key(name)
        if Self.guarded.contains(name), replacement?(name, member.value, &writer) == true { return }
        reduced(member.value, into: &writer)
    }

    /// Notes that a member was left out.
    mutating func drop(_ name: String) { omissions.drop(name) }

    /// Notes that a list is shorter than upstream's.
    mutating func leaveOut(_ count: Int, of total: Int, _ things: String) {
        if count > 0 { omissions.leaveOut(count, of: total, things) }
    }

    /// Notes that one named text was cut.
    mutating func cut(_ name: String, to kept: Int, of total: Int) { omissions.cut(name, to: kept, of: total) }

    /// Writes `truncated`, and `left_out` when there is something to tell.
    func facts(into writer: inout JSONWriter) {
        writer.key("truncated")
        writer.bool(!omissions.isEmpty)
        guard !omissions.isEmpty else { return }
        writer.key("left_out")
        writer.beginArray()
        for sentence in omissions.sentences { writer.string(sentence) }
        writer.endArray()
    }
}

/// What a result had to leave out, for its reader.
struct Omissions: Equatable {
    private var members: [String] = []
    private var stringLimit: Int?
    private var lists: [String] = []
    private var hasShortenedTasks = false

    var isEmpty: Bool { members.isEmpty && stringLimit == nil && lists.isEmpty && !hasShortenedTasks }

    mutating func drop(_ member: String) { if !members.contains(member) { members.append(member) } }
    mutating func shortenTasks() { hasShortenedTasks = true }
    mutating func cutStrings(longerThan limit: Int) { stringLimit = limit }
    mutating func leaveOut(_ count: Int, of total: Int, _ things: String) {
        lists.append("\(count) of \(total) \(things) were left out")
    }
    mutating func cut(_ name: String, to kept: Int, of total: Int) {
        lists.append("\(name) was cut to \(kept) of \(total) bytes")
    }

    var sentences: [String] {
        var sentences = lists
        if hasShortenedTasks { sentences.append("tasks that did not fail are shortened to their ids and outcome") }
        if let stringLimit { sentences.append("strings over \(stringLimit) bytes were cut") }
        if !members.isEmpty { sentences.append("members left out: \(members.joined(separator: ", "))") }
        return sentences
    }
}
