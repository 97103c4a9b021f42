internal import JSON

/// Everything that the stand-in for the workspace remembers.
struct WorkspaceState: Sendable {
    /// Runs are removed after 60 days (D-53).
    static let retentionMilliseconds = 60 * UTCTime.millisecondsPerDay

    /// Where links to runs point to.
    var url = ""
    var jobs: [Int64: Job] = [:]
    /// The jobs from new to old: the order in which they are listed (D-40).
    private(set) var jobOrder: [Job] = []
    private(set) var runs: [Int64: Run] = [:]
    /// The keys of all runs from new to old (D-51).
    private(set) var runOrder: [PageToken.Key] = []
    /// To which run a task run or an iteration belongs.
    private(set) var runOfTask: [Int64: Int64] = [:]
    /// The jobs of deleted runs: permission is checked before existence (D-97).
    private(set) var deletedRuns: [Int64: Int64] = [:]
    /// The run that each idempotency token started (D-127).
    var idempotencyTokens: [String: Int64] = [:]
    /// Who may do what, by object id.
    var members: [String: WorkspaceMember] = [:]
    let seed: UInt64
    var ids: IDSource
    var random: SeededGenerator
    var options: WorkspaceOptions

    init(seed: UInt64, options: WorkspaceOptions) {
        self.seed = seed
        ids = IDSource(seed: seed ^ 0xDA7A)
        random = SeededGenerator(seed: seed ^ 0x0DD5)
        self.options = options
    }

    mutating func add(_ job: Job) {
        jobs[job.id] = job
        let key = job.key
        jobOrder.insert(job, at: jobOrder.partitionPoint { $0.key > key })
    }

    /// Adds a job in place of one with the same id.
    mutating func replace(_ job: Job) {
        jobOrder.removeAll { $0.id == job.id }
        add(job)
    }

    mutating func add(_ run: Run) {
        runs[run.id] = run
        deletedRuns[run.id] = nil
        for id in run.taskIDs { runOfTask[id] = run.id }
        runOrder.insert(run.key, at: runOrder.partitionPoint { $0 > run.key })
    }

    /// Changes a run in place; its start time must stay.
    mutating func update(_ id: Int64, _ change: (inout Run) -> Void) {
        guard var run = runs[id] else { return }
        change(&run)
        runs[id] = run
        for taskID in run.taskIDs { runOfTask[taskID] = id }
    }

    /// Forgets a run, but not whose it was; `false` when there is none.
    mutating func deleteRun(_ id: Int64) -> Bool {
        guard let run = runs.removeValue(forKey: id) else { return false }
        for taskID in run.taskIDs { runOfTask[taskID] = nil }
        runOrder.removeAll { $0.id == id }
        deletedRuns[id] = run.jobID
        return true
    }

    /// Whether a run can be seen at all: started, and not older than the retention.
    func isVisible(_ run: Run, at now: Int64) -> Bool {
        run.startTime <= now && run.startTime > now - Self.retentionMilliseconds
    }

    /// The run with this id, or the run that the task run with this id belongs to.
    ///
    /// - Throws: ``WorkspaceError``, first for a missing permission, then for a missing run (D-97).
    func run(containing id: Int64, for member: WorkspaceMember, at now: Int64) throws(WorkspaceError) -> Run {
        if let jobID = deletedRuns[id] { try member.requireView(on: jobID) }
        guard let run = runs[id] ?? runOfTask[id].flatMap({ runs[$0] }) else { throw .unknownRun(id) }
        try member.requireView(on: run.jobID)
        guard isVisible(run, at: now) else { throw .unknownRun(id) }
        return run
    }

    /// The runs of a job that hold a place at `now`.
    func activeRuns(of jobID: Int64, at now: Int64) -> [Run] {
        runs.values.filter { $0.jobID == jobID && $0.startTime <= now && $0.phase(at: now) != .terminated }
    }
}

/// Switches that the control API can turn while the sandbox runs.
struct WorkspaceOptions: Sendable {
    /// How long a run of `run-now` takes in all.
    var runPaceMilliseconds: Int64
    var shortensPages: Bool
    var answersOutputOfSingleTaskRuns: Bool
    /// How many runs may be active in the whole workspace; `nil` for any number.
    var activeRunLimit: Int?
    /// Whether pages say that there is more without saying where.
    var losesPageTokens = false

    init(_ configuration: SandboxConfiguration) {
        runPaceMilliseconds = Int64(configuration.runPace / .milliseconds(1))
        shortensPages = configuration.shortensPages
        answersOutputOfSingleTaskRuns = configuration.answersOutputOfSingleTaskRuns
    }
}

extension Job {
    var key: PageToken.Key { PageToken.Key(time: createdTime, id: id) }
}

extension Run {
    var key: PageToken.Key { PageToken.Key(time: startTime, id: id) }
}
