internal import JSON

extension WorkspaceState {
    /// `GET jobs/runs/get` (D-56 to D-68).
    func runsGet(_ call: WorkspaceCall) throws(WorkspaceError) -> JSONValue {
        let query = try QueryReader(
            call.request, allowed: ["run_id", "include_history", "include_resolved_values", "page_token"])
        let id = try query.requiredID("run_id")
        let run = try run(containing: id, for: call.member, at: call.now)
        let isResolving = try query.boolean("include_resolved_values")
        let withHistory = try query.boolean("include_history")
        let rendering = rendering(call)
        let slice = try ArraySlicer(query, runID: id, version: call.version)
        var object: Members
        var arrays: [(name: String, elements: [JSONValue])]
        if let planted = run.planted {
            guard let answer = planted.answer(id, withHistory: withHistory) else { throw .unknownRun(id) }
            (object, arrays) = answer
        } else if run.id == id {
            object = rendering.run(run)
            let tasks = run.tasks.filter { $0.exists(at: call.now) }
            arrays = [("tasks", tasks.map { rendering.task($0, of: run, resolving: isResolving) })]
        } else {
            guard let task = run.task(id), task.exists(at: call.now) else { throw .unknownRun(id) }
            // A task run shows itself as its only task; the iterations are what a for-each task is asked for (D-65).
            object = rendering.taskRun(task, of: run)
            object.add("tasks", .array([rendering.task(task, of: run, resolving: isResolving)]))
            let iterations = task.iterations.filter { $0.readyTime <= call.now }
            arrays = [("iterations", iterations.map { rendering.task($0, of: run, resolving: isResolving) })]
        }
        if run.planted == nil {
            arrays.append(("job_clusters", run.jobClusters))
            arrays.append(("job_parameters", rendering.parameters(run)))
            if withHistory { arrays.append(("repair_history", rendering.history(run))) }
        }
        for (name, elements) in arrays { object.addUnlessEmpty(name, slice.slice(elements)) }
        let isCut = arrays.contains { slice.isCut($0.elements) }
        if isCut, options.losesPageTokens { object["has_more"] = true }
        object.add("next_page_token", .string(slice.next.text), if: isCut && !options.losesPageTokens)
        return rendering.completed(object, run)
    }

    /// `GET jobs/runs/get-output` (D-76 to D-85).
    func runsGetOutput(_ call: WorkspaceCall) throws(WorkspaceError) -> JSONValue {
        let query = try QueryReader(call.request, allowed: ["run_id"])
        let id = try query.requiredID("run_id")
        let run = try run(containing: id, for: call.member, at: call.now)
        if let planted = run.planted, run.id != id {
            guard let output = planted.output(id) else { throw .unknownRun(id) }
            return output
        }
        let task: TaskRun
        if run.id == id {
            let tasks = run.tasks.filter { $0.exists(at: call.now) }
            guard options.answersOutputOfSingleTaskRuns, tasks.count == 1, let only = tasks.first else {
                throw .invalidParameter(
                    "Retrieving the output of runs with multiple tasks is not supported. "
                        + "Please retrieve the output of each individual task run instead.")
            }
            task = only
        } else {
            guard let found = run.task(id), found.exists(at: call.now) else { throw .unknownRun(id) }
            task = found
        }
        // A task that still runs or never ran has no output yet (D-85); a Run Job task names its run at once.
        var output = Members()
        if task.phase(at: call.now) == .terminated, task.isExecuted {
            output = task.output.members
        } else if case .runJob = task.output, call.now >= task.executionTime {
            output = task.output.members
        }
        output.add("metadata", rendering(call).taskRun(task, of: run).value)
        return run.writesIntegersAsStrings ? output.value.withIntegersAsStrings : output.value
    }
}

/// Cuts the arrays of one run into pages of 100: all arrays advance together (D-60).
private struct ArraySlicer: Sendable {
    private let start: Int
    private let length: Int
    private let runID: Int64

    init(_ query: QueryReader, runID: Int64, version: APIVersion) throws(WorkspaceError) {
        self.runID = runID
        // Whether 2.1 pages inside a run is not known (D-22, D-134); here it sends everything at once.
        length = version == .v21 ? .max : Paging.elementsPerArray
        guard let text = query.string("page_token"), !text.isEmpty else {
            start = 0
            return
        }
        guard let token = PageToken(text), token.direction == .withinRun, token.key.id == runID else {
            throw .invalidParameter("Invalid page_token.")
        }
        start = Int(token.key.time)
    }

    func slice(_ elements: [JSONValue]) -> [JSONValue] { Array(elements.dropFirst(start).prefix(length)) }

    func isCut(_ elements: [JSONValue]) -> Bool { elements.count - start > length }

    var next: PageToken {
        PageToken(.withinRun, PageToken.Key(time: Int64(start + length), id: runID), fingerprint: 0)
    }
}
