internal import JSON

/// Carries upstream values into a result; one per result, because it remembers what had to be left out.
///
/// Copies are exact but for ids beyond 2^53-1, control and invisible characters, links and download secrets (K-14, TC-05,
/// D-68, D-80).
struct UpstreamCopy {
    private let workspace: Workspace
    private(set) var reduction: Reduction
    private let rules: JSONCopyRules
    private let replacement: JSONWriter.Replacement?
    /// What was left out, in sentences without full stops.
    private(set) var omissions = Omissions()

    /// Members with a link or a secret, replaced wherever they are.
    private static let guarded = ["run_page_url", "output_link", "artifacts_link", "artifacts_headers"]
    private static let guardedNames = JSONNames(guarded)
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

    /// Reduces what is written from here on as `reduction` says.
    mutating func use(_ reduction: Reduction) { self.reduction = reduction }

    /// Writes the members of `object` but those in `handled`, which the caller writes itself.
    mutating func members(of object: JSONElement, except handled: [String] = [], into writer: inout JSONWriter) {
        members(of: object, except: JSONNames(handled), into: &writer)
    }

    /// Writes the members of `object` but those in `handled`: for callers with many objects and one list.
    mutating func members(of object: JSONElement, except handled: JSONNames, into writer: inout JSONWriter) {
        for member in object.members where !member.isNamed(anyOf: handled) { self.member(member, into: &writer) }
    }

    /// Notes what was done to items so that all of them fit.
    mutating func shorten(_ how: String) { omissions.shorten(how) }

    /// Notes that strings were cut.
    mutating func cutStrings(longerThan limit: Int) { omissions.cutStrings(longerThan: limit) }

    mutating func member(_ member: JSONMember, into writer: inout JSONWriter) {
        let name = UntrustedText.name(member.name)
        // Our schemas promise texts and ids where these are; `null` says no more than nothing (D-06).
        if member.value.isNull, Self.neverNull.contains(name) { return }
        guard keeps(name) else { return drop(name) }
        writer.key(name)
        if let replacement, Self.guardedNames.contains(name), replacement(name, member.value, &writer) { return }
        if let id = Self.identifier(name, member.value) { return writer.identifier(id) }
        value(member.value, into: &writer)
    }

    /// Writes one value.
    mutating func value(_ value: JSONElement, into writer: inout JSONWriter) {
        guard reduction != .none || !isClean(value) else {
            return writer.copy(value, rules: rules, replacement: replacement)
        }
        reduced(value, into: &writer)
    }

    /// Whether a value can be copied as it is: what hides in a text hides credentials, too, so such texts are looked at
    /// one by one.
    func isClean(_ value: JSONElement) -> Bool {
        !value.isInUncleanDocument && !SecretMask.isSuspicious(value.rawBytes.span)
    }

    /// Ids that older or newer services may send as decimal strings (D-09); results always have one form (K-14).
    private static let identifiers: JSONNames = [
        "job_id", "run_id", "job_run_id", "number_in_job", "original_attempt_run_id",
    ]

    private static let neverNull: Set<String> = ["task_key", "run_id", "job_id", "error", "error_trace", "logs"]

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

    // MARK: Reduced and masked copies

    private mutating func reduced(_ value: JSONElement, into writer: inout JSONWriter) {
        switch value.kind {
        case .object:
            // `{"name": "api_key", "value": "…"}`: a parameter says by its name what it is.
            let name = (value["name"] ?? value["key"])?.cleanString
            let isSecret = name.map(SecretMask.isSecretName) ?? false
            writer.beginObject()
            for member in value.members { nested(member, isSecret: isSecret, into: &writer) }
            writer.endObject()
        case .array:
            writer.beginArray()
            var option: String?
            for element in value.elements {
                let text = element.kind == .string ? element : nil
                // `["--password", "…"]`: a command line says what a value is in the element before it.
                if let option, let text, SecretMask.isSecret(text.string ?? "", of: option) {
                    writer.string(SecretMask.replacement)
                } else {
                    reduced(element, into: &writer)
                }
                option = text?.cleanString
            }
            writer.endArray()
        case .string: string(value, into: &writer)
        default: writer.copy(value, rules: rules)
        }
    }

    private mutating func string(_ value: JSONElement, into writer: inout JSONWriter) {
        let isLong = value.rawBytes.count > reduction.stringLimit
        guard isLong || !value.isPlain || SecretMask.isSuspicious(value.rawBytes.span) else {
            return writer.copy(value, rules: rules)
        }
        guard isLong else {
            let text = UntrustedText.cleaned(value.string ?? "")
            return writer.string(SecretMask.masked(SecretMask.maskedOption(text)))
        }
        writer.string(ForeignText(element: value).head(limit: reduction.stringLimit))
        omissions.cutStrings(longerThan: reduction.stringLimit)
    }

    /// Inside an item everything that is kept is kept whole, except for bulk.
    private mutating func nested(_ member: JSONMember, isSecret: Bool, into writer: inout JSONWriter) {
        let name = UntrustedText.name(member.name)
        guard !reduction.dropsBulk || !Reduction.bulk.contains(name) else { return omissions.drop(name) }
        writer.key(name)
        if Self.guardedNames.contains(name), replacement?(name, member.value, &writer) == true { return }
        guard member.value.kind == .string else { return reduced(member.value, into: &writer) }
        if isSecret && (name == "value" || name == "default") || SecretMask.isSecretName(name),
            let text = member.value.string, !SecretMask.isHarmlessValue(text)
        {
            return writer.string(SecretMask.replacement)
        }
        string(member.value, into: &writer)
    }

    /// Notes that a member was left out.
    mutating func drop(_ name: String) { omissions.drop(name) }

    /// Notes that a list is shorter than upstream's.
    mutating func leaveOut(_ count: Int, of total: Int, _ things: String) {
        if count > 0 { omissions.leaveOut(count, of: total, things) }
    }

    /// Notes that one named text was cut.
    mutating func cut(_ name: String, to kept: Int, of total: Int) { omissions.cut(name, to: kept, of: total) }

    /// Notes what is missing for another reason than the size of the result, and how to get it.
    mutating func note(_ sentence: String, way: String? = nil) { omissions.note(sentence, way: way) }

    /// Writes `truncated`, and `left_out` when there is something to tell, with the way to more at its end.
    func facts(advice: String, into writer: inout JSONWriter) {
        writer.key("truncated")
        writer.bool(!omissions.isEmpty)
        guard !omissions.isEmpty else { return }
        writer.key("left_out")
        writer.beginArray()
        for sentence in omissions.sentences { writer.string(sentence) }
        if !advice.isEmpty { writer.string(advice) }
        writer.endArray()
    }
}
