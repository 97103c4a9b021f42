internal import JSON
internal import NIOConcurrencyHelpers

/// Names and tags of jobs, for a minute: rules are applied to every run of a list, and few jobs have all the runs.
///
/// They decide and are never shown, so one user's look may serve another's.
final class KnownJobs: Sendable {
    private struct Entry {
        let facts: JobFacts
        let expires: ContinuousClock.Instant
    }

    private static let maximum = 10_000
    private static let lifetime: Duration = .seconds(60)

    private let entries = NIOLockedValueBox<[Int64: Entry]>([:])

    /// What is known about a job, unless it is too old.
    func facts(of job: Int64, at now: ContinuousClock.Instant) -> JobFacts? {
        entries.withLockedValue { $0[job].flatMap { $0.expires > now ? $0.facts : nil } }
    }

    /// Remembers jobs of a list.
    func remember(_ jobs: [JobFacts], at now: ContinuousClock.Instant) {
        entries.withLockedValue { entries in
            if entries.count + jobs.count > Self.maximum { entries.removeAll(keepingCapacity: true) }
            for job in jobs { entries[job.id] = Entry(facts: job, expires: now + Self.lifetime) }
        }
    }
}

extension JobFacts {
    /// Reads an item of `jobs/list`.
    init?(_ item: JSONElement) {
        guard let id = item["job_id"]?.exactInteger else { return nil }
        self.id = id
        let settings = item["settings"]
        name = settings?["name"]?.string ?? ""
        var tags: [String: String] = [:]
        for tag in settings?["tags"].map({ Array($0.members) }) ?? [] { tags[tag.name] = tag.value.string ?? "" }
        self.tags = tags
    }
}
