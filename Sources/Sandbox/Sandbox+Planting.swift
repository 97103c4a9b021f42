package import JSON
internal import NIOConcurrencyHelpers

// Runs and jobs of any shape, for tests in the same process.

extension Sandbox {
    /// Adds a run that is answered as it is given, in place of one with the same id.
    ///
    /// - Parameters:
    ///   - run: What `runs/get` says; `run_id` and `job_id` must be there. `runs/list` leaves out its arrays, and the
    ///     arrays are sent in pages. The run's place in the list is that of `start_time`.
    ///   - details: What `runs/get` says about other ids, such as those of for-each tasks; a task of the run is otherwise
    ///     answered as it stands in the run.
    ///   - outputs: What `runs/get-output` says about tasks and iterations; the others show their state.
    /// - Throws: When an id is missing.
    package func plant(
        run: JSONValue, details: [Int64: JSONValue] = [:], outputs: [Int64: JSONValue] = [:]
    ) throws {
        guard let id = run["run_id"]?.whole, let job = run["job_id"]?.whole else {
            throw SandboxError(description: "A run needs run_id and job_id.")
        }
        var planted = Run(
            id: id, jobID: job, name: run["run_name"]?.word ?? "",
            startTime: run["start_time"]?.whole ?? clock.milliseconds, tasks: [])
        planted.planted = PlantedRun(run: run, details: details, outputs: outputs)
        planted.type = run["run_type"]?.word ?? planted.type
        let finished = planted
        workspace.state.withLockedValue { state in
            _ = state.deleteRun(id)
            state.add(finished)
        }
    }

    /// Adds a job that lists show as it is given, in place of one with the same id.
    ///
    /// - Parameter job: An item of `jobs/list`; `job_id` must be there. Its place in the list is that of `created_time`.
    /// - Throws: When the id is missing.
    package func plant(job: JSONValue) throws {
        guard let id = job["job_id"]?.whole else { throw SandboxError(description: "A job needs job_id.") }
        var planted = Job(
            id: id, name: job["settings"]?["name"]?.word ?? "",
            createdTime: job["created_time"]?.whole ?? clock.milliseconds)
        planted.planted = job
        let finished = planted
        workspace.state.withLockedValue { $0.replace(finished) }
    }

    /// Sets how many runs may be active in the whole workspace before `run-now` answers 429; `nil` for any number.
    package func setActiveRunLimit(_ limit: Int?) {
        workspace.state.withLockedValue { $0.options.activeRunLimit = limit }
    }

    /// Makes pages say that there is more without saying where.
    package func setLosesPageTokens(_ isOn: Bool) {
        workspace.state.withLockedValue { $0.options.losesPageTokens = isOn }
    }
}
