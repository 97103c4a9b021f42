internal import JSON

extension WorkspaceState {
    /// Fills an empty workspace (D-126): everything is laid out around `now`, in milliseconds since 1970.
    mutating func populate(now: Int64) {
        // Last night, so that the nightly run is over whenever the sandbox starts.
        let day = (now - 3_600_000) / UTCTime.millisecondsPerDay * UTCTime.millisecondsPerDay
        addMembers()
        addNightlyOrders(day: day)
        addSpecialJobs(now: now)
        addSpecialOutputs(now: now)
        addConcurrencyJobs(now: now)
        addOrdinaryJobs(now: now)
    }

    /// Who may do what: Alice nearly everything, Bob may look at some jobs, the guest at two, Nora is no member.
    private mutating func addMembers() {
        let all = WorkspaceMember.Level.run
        for user in DirectoryUser.initial where user.name != "nora" {
            var member = WorkspaceMember(userName: user.principalName, base: user.name == "alice" ? all : .none)
            switch user.name {
            case "alice": member.levels[KnownJob.payrollExport.rawValue] = WorkspaceMember.Level.none
            case "bob": for job in Self.visibleToBob { member.levels[job.rawValue] = .view }
            default: for job in Self.visibleToGuest { member.levels[job.rawValue] = .view }
            }
            members[user.objectID] = member
        }
        for principal in [SandboxIdentity.apiPrincipalID, SandboxIdentity.machinePrincipalID] {
            members[principal] = WorkspaceMember(userName: principal, base: all)
        }
    }

    private static let visibleToBob: [KnownJob] = [
        .nightlyOrders, .helloLakehouse, .dailySales, .dailySalesUpperCase, .regionScores, .flakyIngestion,
    ]
    private static let visibleToGuest: [KnownJob] = [.helloLakehouse, .dailySales]

    /// Ordinary jobs up to 130 in all, and their runs over 61 days.
    private mutating func addOrdinaryJobs(now: Int64) {
        var random = SeededGenerator(seed: seed ^ 0x10B5)
        while jobs.count < 130 {
            let job = OrdinaryJob.make(number: jobs.count, &random)
            add(job)
            for _ in 0..<4 {
                let age = Int64.random(in: 2 * 3_600_000...61 * UTCTime.millisecondsPerDay, using: &random)
                // One run in eight fails.
                let fails = Int.random(in: 0..<8, using: &random) == 0
                addScheduledRun(of: fails ? job.failing : job, at: now - age, trigger: "PERIODIC")
            }
        }
    }
}
