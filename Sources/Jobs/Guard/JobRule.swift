/// One entry of an operator's list of jobs (P-88).
package enum JobRule: Sendable, Equatable {
    /// The job with this id.
    case id(Int64)
    /// Jobs whose name fits, in any case.
    case name(Wildcard)
    /// Jobs with this tag, with a value that fits or with any.
    case tag(String, Wildcard?)

    /// Why a rule could not be read: the rest of a sentence.
    package struct Malformed: Error, Equatable {
        /// What a rule looks like.
        package let advice: String
    }

    /// Reads `412345678901234`, `name:Nightly *`, `tag:env=prod` or `tag:restricted`.
    package init(parsing text: String) throws(Malformed) {
        if text.hasPrefix("name:"), text.utf8.count > 5 {
            self = .name(Wildcard(String(text.dropFirst(5))))
        } else if text.hasPrefix("tag:"), text.utf8.count > 4 {
            let parts = text.dropFirst(4).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard !parts[0].isEmpty else { throw Self.malformed }
            self = .tag(String(parts[0]), parts.count == 2 ? Wildcard(String(parts[1])) : nil)
        } else {
            guard let id = Int64(text), id > 0 else { throw Self.malformed }
            self = .id(id)
        }
    }

    private static let malformed = Malformed(
        advice:
            "must hold job ids, name:PATTERN, tag:KEY or tag:KEY=PATTERN, separated by commas; * and ? are wildcards")

    /// Whether the rule can be decided from a job's id alone.
    var needsIDOnly: Bool { if case .id = self { true } else { false } }

    /// Whether the rule, of a list of what is allowed, names the job: no more than it says.
    func allows(_ job: JobFacts) -> Bool {
        switch self {
        case .id(let id): job.id == id
        case .name(let pattern): pattern.matches(job.name)
        case .tag(let key, let pattern):
            job.tags.contains { $0.key == key && (pattern?.matches($0.value) ?? true) }
        }
    }

    /// Whether the rule, of a list of what is denied, names the job, or one that reads like it.
    func denies(_ job: JobFacts) -> Bool {
        switch self {
        case .id(let id): job.id == id
        case .name(let pattern): pattern.resembles(job.name)
        case .tag(let key, let pattern):
            job.tags.contains {
                Wildcard.areAlike($0.key, key) && (pattern?.resembles($0.value) ?? true)
            }
        }
    }
}

/// What rules look at.
struct JobFacts: Sendable, Equatable {
    let id: Int64
    let name: String
    let tags: [String: String]
}
