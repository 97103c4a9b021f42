internal import JSON

/// Turns runs and task runs into the objects of the Jobs API, as they are at one moment.
struct RunRendering: Sendable {
    let now: Int64
    let version: APIVersion
    /// Where links point to.
    let workspaceURL: String

    /// The legacy form that the API still returns (D-68).
    private func url(_ jobID: Int64, _ runID: Int64) -> JSONValue {
        .string("\(workspaceURL)/?o=\(SandboxIdentity.workspaceID)#job/\(jobID)/run/\(runID)")
    }

    private func finished(_ object: Members, _ run: Run) -> JSONValue {
        let value = object.overridden(by: run.overrides).value
        return run.writesIntegersAsStrings ? value.withIntegersAsStrings : value
    }

    private func states(_ run: Run) -> Members {
        let phase = run.phase(at: now)
        return Members([
            "state": phase.state(run.outcome, queueReason: run.queue?.reason),
            "status": phase.status(run.outcome, queueReason: run.queue?.reason),
        ])
    }

    /// Start, end and the durations of a job run, all zero but the last (D-62).
    private func times(_ run: Run) -> Members {
        let isOver = run.phase(at: now) == .terminated
        return Members([
            "start_time": .integer(run.startTime), "end_time": .integer(isOver ? run.endTime : 0), "setup_duration": 0,
            "execution_duration": 0, "cleanup_duration": 0,
            "run_duration": .integer(isOver ? run.endTime - (run.queue?.until ?? run.startTime) : 0),
        ])
    }

    private func queueDuration(_ run: Run) -> Int64 {
        run.queue.map { min($0.until, now) - run.startTime } ?? 0
    }

    /// The item of `runs/list`.
    func item(_ run: Run, expandsTasks: Bool) -> JSONValue {
        if let planted = run.planted { return planted.item(expandsTasks: expandsTasks) }
        var object = Members([
            "job_id": .integer(run.jobID), "run_id": .integer(run.id), "number_in_job": .integer(run.id),
        ])
        object.add("creator_user_name", run.creator.map(JSONValue.string))
        object.append(Members(["run_name": .string(run.name), "run_type": .string(run.type)]))
        object.add("trigger", .string(run.trigger))
        object.append(times(run))
        let queueDuration = queueDuration(run)
        object.add("queue_duration", .integer(queueDuration), if: queueDuration > 0)
        object.append(states(run))
        object.add("run_page_url", url(run.jobID, run.id))
        if expandsTasks {
            let tasks = run.tasks.filter { $0.exists(at: now) }
            object.addUnlessEmpty("tasks", Paging.first(tasks, version).map { task($0, of: run) })
            object.addUnlessEmpty("job_clusters", Array(Paging.first(run.jobClusters, version)))
            object.add("has_more", true, if: version == .v22 && tasks.count > Paging.elementsPerArray)
        }
        return finished(object, run)
    }

    /// The element of `tasks` or `iterations`.
    func task(_ task: TaskRun, of run: Run, resolving: Bool = false) -> JSONValue {
        let spec = task.spec
        var object = Members([
            "task_key": .string(spec.key), "run_id": .integer(task.id), "attempt_number": .integer(Int64(task.attempt)),
        ])
        object.addUnlessEmpty("depends_on", spec.dependencies.map(\.value))
        object.add("run_if", .string(spec.runIf))
        object.append(spec.compute)
        if task.isExecuted, now >= task.startTime { object.add("cluster_instance", spec.clusterInstance) }
        object.append(kind(task))
        object.append(task.times(at: now))
        object.append(task.states(at: now))
        object.add("run_page_url", url(run.jobID, task.id))
        if resolving { object.add("resolved_values", ResolvedValues(run).values(of: spec)) }
        return object.overridden(by: task.overrides).value
    }

    private func kind(_ task: TaskRun) -> Members {
        guard case .iterates(let forEach) = task.spec.behaviour.ending else { return task.spec.kind }
        var definition = forEach.definition
        definition.add("stats", ForEach.statistics(task.iterations, at: now).value)
        return Members(["for_each_task": definition.value])
    }

    /// What `runs/get` says about a job run besides its arrays.
    func run(_ run: Run) -> Members {
        var object = identity(run, runID: run.id)
        object.append(Members(["run_type": .string(run.type), "trigger": .string(run.trigger)]))
        if let parent = run.parentTaskRunID {
            object.add("trigger_info", Members(["run_id": .integer(parent)]).value)
        }
        object.add("schedule", run.schedule)
        object.append(times(run))
        object.append(Members(["queue_duration": .integer(queueDuration(run)), "attempt_number": 0]))
        object.add("overriding_parameters", run.overriding.value, if: !run.overriding.items.isEmpty)
        object.append(states(run))
        object.add("run_page_url", url(run.jobID, run.id))
        return object
    }

    /// What is said about a task run: in `runs/get` with its id, and as `metadata` of its output.
    func taskRun(_ task: TaskRun, of run: Run) -> Members {
        var object = identity(run, runID: task.id)
        object.add("run_type", .string(run.type))
        object.append(task.times(at: now))
        object.add("attempt_number", .integer(Int64(task.attempt)))
        object.append(task.states(at: now))
        object.add("run_page_url", url(run.jobID, task.id))
        return object.overridden(by: task.overrides)
    }

    private func identity(_ run: Run, runID: Int64) -> Members {
        var object = Members([
            "job_id": .integer(run.jobID), "run_id": .integer(runID), "job_run_id": .integer(run.id),
            "number_in_job": .integer(runID), "original_attempt_run_id": .integer(runID),
        ])
        object.add("creator_user_name", run.creator.map(JSONValue.string))
        object.add("run_name", .string(run.name))
        return object
    }

    /// The effective job parameters, as a list (D-62).
    func parameters(_ run: Run) -> [JSONValue] {
        run.parameters.map { parameter in
            var members = Members(["name": .string(parameter.name)])
            members.add("default", parameter.defaultValue.map(JSONValue.string))
            members.add("value", .string(parameter.value))
            return members.value
        }
    }

    /// The original run and its repair, if there was one (D-67).
    func history(_ run: Run) -> [JSONValue] {
        guard let repair = run.repair else {
            return [original(run, end: run.endTime, outcome: run.outcome, tasks: run.tasks)]
        }
        let phase: Phase = now < repair.endTime ? .running : .terminated
        let repaired = Members([
            "type": "REPAIR", "id": .integer(repair.id), "start_time": .integer(repair.startTime),
            "end_time": .integer(repair.endTime), "state": phase.state(run.outcome, queueReason: nil),
            "status": phase.status(run.outcome, queueReason: nil),
            "task_run_ids": .array(repair.taskRunIDs.map(JSONValue.integer)),
        ])
        let first = original(
            run, end: repair.originalEndTime, outcome: repair.originalOutcome, tasks: repair.originalTasks)
        return [first, repaired.value]
    }

    private func original(_ run: Run, end: Int64, outcome: Outcome, tasks: [TaskRun]) -> JSONValue {
        let phase = run.repair == nil ? run.phase(at: now) : .terminated
        return Members([
            "type": "ORIGINAL", "start_time": .integer(run.startTime),
            "end_time": .integer(phase == .terminated ? end : 0), "state": phase.state(outcome, queueReason: nil),
            "task_run_ids": .array(tasks.filter { $0.exists(at: now) }.map { .integer($0.id) }),
        ]).value
    }

    /// Applies a run's overrides and quirks to a complete object.
    func completed(_ object: Members, _ run: Run) -> JSONValue { finished(object, run) }
}
