internal import JSON

extension UpstreamCopy {
    /// Writes a run, a task or an iteration as an object: our facts first, then what the service sent.
    ///
    /// - Parameters:
    ///   - run: What to write.
    ///   - now: Milliseconds since the epoch, for durations of runs that go on.
    ///   - isSuperseded: Whether a later attempt of the same task exists (D-64).
    ///   - writer: Where to.
    mutating func run(_ run: RunView, now: Int64, isSuperseded: Bool = false, into writer: inout JSONWriter) {
        writer.beginObject()
        facts(of: run, now: now, into: &writer)
        if isSuperseded { superseded(into: &writer) }
        let hasBothStates = !superfluous(in: run.element).isEmpty
        members(of: run.element, except: hasBothStates ? RunFacts.membersAndState : RunFacts.members, into: &writer)
        writer.endObject()
    }

    /// Writes a task or an iteration as an object with as much of what the service sent as `grade` keeps.
    mutating func task(_ entry: TaskList.Entry, _ grade: ItemGrade, now: Int64, into writer: inout JSONWriter) {
        use(grade.reduction)
        let task = entry.view
        guard grade.form != .members else {
            return run(task, now: now, isSuperseded: entry.isSuperseded, into: &writer)
        }
        let isCalm = entry.isSuperseded || !task.state.isOwnFailure
        writer.beginObject()
        if grade.form == .core, isCalm {
            writer.key("outcome")
            writer.string(task.state.outcome.rawValue)
        } else {
            facts(of: task, now: now, isBrief: true, into: &writer)
        }
        if entry.isSuperseded { superseded(into: &writer) }
        if let key = task.taskKey { shortName(key, key: "task_key", grade.nameLimit, into: &writer) }
        if let id = task.runID {
            writer.key("run_id")
            writer.identifier(id)
        }
        if task.attempt > 0 {
            writer.key("attempt_number")
            writer.integer(task.attempt)
        }
        if grade.form == .brief || !isCalm { message(of: task, grade, into: &writer) }
        writer.endObject()
        shorten("tasks are shortened to ids, outcome, times and the beginning of the message")
        if grade.form == .core { shorten("what did not fail is shortened to ids, names and outcome") }
    }

    private func superseded(into writer: inout JSONWriter) {
        writer.key("superseded")
        writer.bool(true)
    }

    /// Writes the beginning of why a run ended as it did, unless it ended well.
    private func message(of run: RunView, _ grade: ItemGrade, into writer: inout JSONWriter) {
        guard grade.messageLimit > 0, run.state.outcome != .succeeded, let message = run.message else { return }
        writer.key("message")
        writer.string(ForeignText(element: message).line(limit: grade.messageLimit))
    }

    /// Where room is scarce, the deprecated state is left out beside the new one, which says the same (D-69).
    func superfluous(in run: JSONElement) -> [String] {
        reduction.keepsEssentialsOnly && run["status"]?.isObject == true ? ["state"] : []
    }

    /// Writes a run of a list as an object with as much of what the service sent as `grade` keeps.
    mutating func run(_ run: RunView, _ grade: ItemGrade, now: Int64, into writer: inout JSONWriter) {
        use(grade.reduction)
        guard grade.form == .brief else { return self.run(run, now: now, into: &writer) }
        writer.beginObject()
        facts(of: run, now: now, isBrief: grade.messageLimit == 0, into: &writer)
        for (name, id) in [("run_id", run.runID), ("job_id", run.jobID)] {
            guard let id else { continue }
            writer.key(name)
            writer.identifier(id)
        }
        if let name = run.name { shortName(name, key: "run_name", grade.nameLimit, into: &writer) }
        message(of: run, grade, into: &writer)
        writer.endObject()
        shorten("runs are shortened to ids, outcome, times and the beginning of the message")
    }

    /// Writes the computed members of a run into the object that is open (P-72, P-80).
    func facts(of run: RunView, now: Int64, isBrief: Bool = false, into writer: inout JSONWriter) {
        writer.key("finished")
        writer.bool(run.state.finished)
        writer.key("outcome")
        writer.string(run.state.outcome.rawValue)
        if let cause = run.state.causeKind {
            writer.key("cause_kind")
            writer.string(cause.rawValue)
        }
        // What waits has not started (D-62).
        time(run.state.outcome == .queued ? "queued_at" : "started_at", run.start, into: &writer)
        time("ended_at", run.state.finished ? run.end : nil, into: &writer)
        if let duration = run.duration(now: now) {
            var text = ByteText(reserving: 16)
            text.append(duration: duration)
            writer.key("duration")
            writer.string(utf8: text.bytes.span)
            if isBrief { return }
            writer.key("duration_ms")
            writer.integer(duration)
        }
    }

    /// Writes an instant as ISO 8601, or nothing when it is not known.
    func time(_ name: String, _ milliseconds: Int64?, into writer: inout JSONWriter) {
        guard let milliseconds else { return }
        var text = ByteText(reserving: 24)
        text.append(time: milliseconds)
        writer.key(name)
        writer.string(utf8: text.bytes.span)
    }
}

/// The members that this server adds to a run.
enum RunFacts {
    /// Should the service ever send one of these names, ours stays the only one.
    static let names = [
        "finished", "outcome", "cause_kind", "queued_at", "started_at", "ended_at", "duration", "duration_ms",
        "superseded",
    ]
    static let members = JSONNames(names)
    /// The same and the deprecated state, where the new one says all.
    static let membersAndState = JSONNames(names + ["state"])
}
