internal import JSON
internal import Observability

/// The outputs that answer one `get_run_output` call (D-76 to D-79).
struct ResolvedOutput {
    /// An output that was asked for, or why it could not be had.
    struct Part {
        let task: RunView?
        /// The Run Job tasks that led here, outermost first (D-66).
        var calls: [JobCall] = []
        /// The for-each task that the output's task is an iteration of (D-65).
        var iterationOf: RunView?
        /// The job run that the task started, when no task of it explains why it failed.
        var child: ChildRun?
        let output: Result<TaskOutput, DatabricksError>
    }

    /// A task that ran another job, whose run explains its failure.
    struct JobCall {
        let taskKey: JSONElement?
        let taskRun: Int64
        let childRun: Int64
    }

    /// A job run that a Run Job task started.
    struct ChildRun {
        let id: Int64
        /// The run, or why it could not be read.
        let run: Result<RunView, Unread>
    }

    /// Why something could not be read, in a few words.
    struct Unread: Error { let problem: String }

    /// The id that the caller gave.
    let run: RunReference
    /// The run behind that id, when it has tasks of its own.
    let pages: RunPages?
    /// The outputs: of the task asked for, or of the tasks that explain the run.
    let parts: [Part]
    /// Failed tasks whose output was not asked for, because the result would not hold it.
    let unreadFailures: Int
}

extension DatabricksClient {
    /// Failed tasks whose outputs one call reads.
    private static var maximumOutputs: Int { 3 }
    /// Jobs within jobs that one call goes through.
    private static var maximumCalls: Int { 3 }

    /// Finds the output for a task run id or a job run id.
    ///
    /// The service refuses the id of a job run, with several tasks or with one (D-77, D-78); its tasks are looked up then.
    nonisolated func output(of run: RunReference, in session: ToolSession) async throws -> ResolvedOutput {
        do {
            let output = TaskOutput(try await output(run, in: session))
            if output.leavesFailureUnexplained, let resolved = try await iterations(of: run, in: session) {
                return resolved
            }
            let part = try await cause(of: output, task: nil, calls: [], in: session)
            return ResolvedOutput(run: run, pages: nil, parts: [part], unreadFailures: 0)
        } catch let error as DatabricksError where error.kind == .invalid && error.endpoint == .getRunOutput {
            let pages = try await self.run(RunQuestion(run: run), in: session)
            return try await resolve(pages, of: run, refusal: error, in: session)
        }
    }

    /// A failed for-each task may answer without a cause: its iterations have it (D-65).
    ///
    /// This is an extra look: when it fails, what the task itself says remains.
    private nonisolated func iterations(
        of run: RunReference, in session: ToolSession
    ) async throws -> ResolvedOutput? {
        guard case .success(let pages) = try await look(at: run.id, in: session) else { return nil }
        let tasks = pages.tasks
        guard tasks.areIterations, !tasks.failed.isEmpty else { return nil }
        return try await resolved(tasks.failed, of: pages, run, in: session)
    }

    /// Reads a run that is worth a look, and no failure.
    private nonisolated func look(
        at run: Int64, in session: ToolSession
    ) async throws -> Result<RunPages, ResolvedOutput.Unread> {
        do {
            return .success(try await self.run(RunQuestion(run: RunReference(id: run)), in: session))
        } catch let error as DatabricksError {
            return .failure(ResolvedOutput.Unread(problem: error.problem))
        } catch is JobNotAvailable {
            return .failure(ResolvedOutput.Unread(problem: "the rules of this server do not make it available"))
        }
    }

    /// Chooses the tasks that explain a run: those that failed, else those that were stopped, else the only one.
    ///
    /// A run without a task explains itself. `refusal` is what the service said to the id itself.
    private nonisolated func resolve(
        _ pages: RunPages, of run: RunReference, refusal: DatabricksError, in session: ToolSession
    ) async throws -> ResolvedOutput {
        let tasks = pages.tasks
        // A task run that lists only itself would be refused again.
        let isCandidate: (RunView) -> Bool = { $0.runID != nil && $0.runID != run.id }
        let candidates = tasks.latest.filter(isCandidate)
        if candidates.isEmpty, let itself = tasks.latest.first {
            let part = ResolvedOutput.Part(task: itself, output: .failure(refusal))
            return ResolvedOutput(run: run, pages: pages, parts: [part], unreadFailures: 0)
        }
        let failed = tasks.failed.filter(isCandidate)
        let cancelled = tasks.cancelled.filter(isCandidate)
        let isSingle = failed.isEmpty && candidates.count == 1
        return try await resolved(
            isSingle ? candidates : failed.isEmpty ? cancelled : failed, of: pages, run, in: session)
    }

    /// Reads the outputs of a few of `tasks`, which explain `run`.
    private nonisolated func resolved(
        _ tasks: [RunView], of pages: RunPages, _ run: RunReference, in session: ToolSession
    ) async throws -> ResolvedOutput {
        let wanted = Self.mostTelling(tasks)
        return ResolvedOutput(
            run: run, pages: pages, parts: try await parts(of: wanted, in: session),
            unreadFailures: tasks.count - wanted.count)
    }

    /// A few failures, different ones first: a hundred iterations tend to fail for two reasons.
    private static func mostTelling(_ failed: [RunView]) -> [RunView] {
        var seen: Set<String> = []
        var different: [RunView] = []
        var similar: [RunView] = []
        for run in failed {
            let isNew = seen.insert("\(run.state.word ?? "") \(run.message?.string ?? "")").inserted
            if isNew { different.append(run) } else { similar.append(run) }
        }
        return Array((different + similar).prefix(maximumOutputs))
    }

    /// Reads several outputs at a time; one that cannot be read does not spoil the others.
    private nonisolated func parts(of tasks: [RunView], in session: ToolSession) async throws -> [ResolvedOutput.Part] {
        try await withThrowingTaskGroup(of: (Int, ResolvedOutput.Part).self) { group in
            for (index, task) in tasks.enumerated() {
                guard let id = task.runID else { continue }
                group.addTask { (index, try await self.part(id, of: task, in: session)) }
            }
            var parts: [(Int, ResolvedOutput.Part)] = []
            for try await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private nonisolated func part(
        _ id: Int64, of task: RunView, calls: [ResolvedOutput.JobCall] = [], in session: ToolSession
    ) async throws -> ResolvedOutput.Part {
        do {
            if task.isForEach, case .success(let pages) = try await look(at: id, in: session),
                let iteration = Self.telling(pages, except: id, areIterations: true), let iterationID = iteration.runID
            {
                var part = try await part(iterationID, of: iteration, calls: calls, in: session)
                part.iterationOf = task
                return part
            }
            let answer = try await output(RunReference(id: id), in: session)
            return try await cause(of: TaskOutput(answer, task: task), task: task, calls: calls, in: session)
        } catch let error as DatabricksError {
            return .init(task: task, calls: calls, output: .failure(error))
        }
    }

    /// The output itself, or that of the task which made a Run Job task fail, however deep it is (D-66, P-71).
    private nonisolated func cause(
        of output: TaskOutput, task: RunView?, calls: [ResolvedOutput.JobCall], in session: ToolSession
    ) async throws -> ResolvedOutput.Part {
        var own = ResolvedOutput.Part(task: task, calls: calls, output: .success(output))
        guard let child = output.childRunID, let id = output.run.runID, output.run.state.isOwnFailure,
            calls.count < Self.maximumCalls
        else { return own }
        // The other job's run may be hidden from this user; what the task itself says remains.
        let look = try await look(at: child, in: session)
        guard case .success(let pages) = look, let failed = Self.telling(pages, except: child, areIterations: false),
            let failedID = failed.runID
        else {
            own.child = ResolvedOutput.ChildRun(id: child, run: look.map(\.run))
            return own
        }
        let call = ResolvedOutput.JobCall(taskKey: output.taskKey, taskRun: id, childRun: child)
        return try await part(failedID, of: failed, calls: calls + [call], in: session)
    }

    /// The first task that failed, or the first iteration, which stands for its for-each task (D-65).
    private static func telling(_ pages: RunPages, except id: Int64, areIterations: Bool) -> RunView? {
        let tasks = pages.tasks
        guard tasks.areIterations == areIterations else { return nil }
        return tasks.failed.first { $0.runID != nil && $0.runID != id }
    }

    private nonisolated func output(_ run: RunReference, in session: ToolSession) async throws -> DatabricksAnswer {
        let answer = try await send(DatabricksRequest(endpoint: .getRunOutput, run), in: session)
        if let metadata = answer.root["metadata"] { try await requireVisible(RunView(metadata), in: session) }
        return answer
    }
}
