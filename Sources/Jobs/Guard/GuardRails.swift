internal import JSON
package import Observability

/// What the operator lets callers do with which jobs; no caller can relax it (P-88).
package struct GuardRails: Sendable, Equatable {
    /// What the lists of jobs are about.
    package enum Scope: String, Sendable, CaseIterable {
        /// Starting jobs; everybody may look at what Databricks shows them.
        case run
        /// Looking as well: other jobs do not exist for callers of this server.
        case all
    }

    /// Whether jobs cannot be started at all, so that `run_now` is not even listed.
    package var isReadOnly = false
    /// The jobs that are available; empty means all.
    package var allowed: [JobRule] = []
    /// The jobs that are not, even if they are among the allowed.
    package var denied: [JobRule] = []
    /// What ``allowed`` and ``denied`` are about.
    package var scope = Scope.run

    /// No restrictions.
    package init() {}

    var hasRules: Bool { !allowed.isEmpty || !denied.isEmpty }
    /// Whether every look at jobs and runs is restricted.
    var restrictsReads: Bool { hasRules && scope == .all }
    /// Whether a job's id alone decides.
    private var needsIDOnly: Bool { (allowed + denied).allSatisfy(\.needsIDOnly) }

    /// Whether a job is available.
    func permits(_ job: JobFacts) -> Bool {
        !denied.contains { $0.denies(job) } && (allowed.isEmpty || allowed.contains { $0.allows(job) })
    }

    /// Whether a job is available, or `nil` when its name and tags must be known to tell.
    func permits(jobID: Int64) -> Bool? {
        let job = JobFacts(id: jobID, name: "", tags: [:])
        if needsIDOnly { return permits(job) }
        return denied.contains { $0.needsIDOnly && $0.denies(job) } ? false : nil
    }
}

/// A job that the operator's rules keep from callers.
package struct JobNotAvailable: CallerFacingError {
    private let job: Int64?
    private let access: JobsAccess

    init(_ job: Int64?, to access: JobsAccess) {
        self.job = job
        self.access = access
    }

    private var subject: String { job.map { "job \($0)" } ?? "a run without a job" }

    /// What the caller reads.
    package var callerMessage: String {
        switch access {
        case .read: "The rules of this server do not make \(subject) available. \(step)"
        case .run: "The rules of this server do not let \(subject) be started; nothing was sent to Databricks. \(step)"
        }
    }

    /// What the operator reads.
    package var operatorMessage: String { "\(subject) is excluded by MCP_ALLOWED_JOBS or MCP_DENIED_JOBS" }

    /// `permission`.
    package var details: ErrorDetails { ErrorDetails(category: .permission, nextStep: step) }

    private var step: String { "Ask an administrator of this server; trying again does not help." }
}
