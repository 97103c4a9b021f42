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

    /// Whether the rule names the job.
    func matches(_ job: JobFacts) -> Bool {
        switch self {
        case .id(let id): job.id == id
        case .name(let pattern): pattern.matches(job.name)
        case .tag(let key, let pattern):
            job.tags.contains { $0.key == key && (pattern?.matches($0.value) ?? true) }
        }
    }
}

/// A pattern in which `*` stands for any characters and `?` for one; case does not matter.
package struct Wildcard: Sendable, Equatable {
    private let pattern: [Character]

    /// Takes the pattern as an operator writes it.
    package init(_ text: String) { pattern = Array(text.lowercased()) }

    /// Whether all of `text` fits; takes time in proportion to both lengths at most.
    package func matches(_ text: String) -> Bool {
        let text = Array(text.lowercased())
        var (at, inPattern) = (0, 0)
        // Where to go on after the last star, should the rest not fit.
        var retry: (at: Int, inPattern: Int)?
        while at < text.count {
            if inPattern < pattern.count, pattern[inPattern] == "*" {
                inPattern += 1
                retry = (at, inPattern)
            } else if inPattern < pattern.count, pattern[inPattern] == "?" || pattern[inPattern] == text[at] {
                (at, inPattern) = (at + 1, inPattern + 1)
            } else {
                guard let last = retry else { return false }
                (at, inPattern) = (last.at + 1, last.inPattern)
                retry = (at, inPattern)
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == "*" }
    }
}

/// What rules look at.
struct JobFacts: Sendable, Equatable {
    let id: Int64
    let name: String
    let tags: [String: String]
}
