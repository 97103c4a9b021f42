internal import JSON

extension DatabricksClient {
    /// Refuses a job that callers may not start, before anything is sent that starts it (P-88).
    ///
    /// - Throws: ``JobNotAvailable``, and ``DatabricksError`` when the job cannot be looked up.
    nonisolated func requireRunnable(_ job: Int64, in session: ToolSession) async throws {
        guard configuration.guardRails.hasRules else { return }
        guard try await permits(job, runName: nil, in: session) else { throw JobNotAvailable(job, to: .run) }
    }

    /// Refuses a job that callers may not see.
    nonisolated func requireVisible(job: Int64, in session: ToolSession) async throws {
        guard configuration.guardRails.restrictsReads else { return }
        guard try await permits(job, runName: nil, in: session) else { throw JobNotAvailable(job, to: .read) }
    }

    /// Refuses what belongs to a job that callers may not see.
    nonisolated func requireVisible(_ run: RunView, in session: ToolSession) async throws {
        guard try await isVisible(run, in: session) else { throw JobNotAvailable(run.jobID, to: .read) }
    }

    /// Whether callers may see a run.
    nonisolated func isVisible(_ run: RunView, in session: ToolSession) async throws -> Bool {
        guard configuration.guardRails.restrictsReads else { return true }
        // Only what the allow list names is available, and a run without a job is not on it.
        guard let job = run.jobID else { return configuration.guardRails.allowed.isEmpty }
        return try await permits(job, runName: run.name?.string, in: session)
    }

    /// Whether callers may see a job of a list.
    nonisolated func isVisible(job: JSONElement) -> Bool {
        guard configuration.guardRails.restrictsReads else { return true }
        return JobFacts(job).map(configuration.guardRails.permits) ?? false
    }

    private nonisolated func permits(_ job: Int64, runName: String?, in session: ToolSession) async throws -> Bool {
        if let verdict = configuration.guardRails.permits(jobID: job) { return verdict }
        // What cannot be found cannot be judged, and is not available.
        let facts = try await facts(of: job, runName: runName, in: session)
        return facts.map(configuration.guardRails.permits) ?? false
    }

    /// Finds a job's name and tags, which the API shows in lists only: by the name of its newest run, else page by page.
    private nonisolated func facts(
        of job: Int64, runName: String?, in session: ToolSession
    ) async throws -> JobFacts? {
        if let known = knownJobs.facts(of: job, at: surroundings.now()) { return known }
        let name: String?
        if let runName { name = runName } else { name = try await newestRunName(of: job, in: session) }
        if let name, !name.isEmpty, let facts = try await jobs(named: name, in: session).first(where: { $0.id == job })
        {
            return facts
        }
        return try await searchedFacts(of: job, in: session)
    }

    private nonisolated func newestRunName(of job: Int64, in session: ToolSession) async throws -> String? {
        var request = DatabricksRequest(endpoint: .listRuns, subject: .job(job))
        request.query.append("job_id", job)
        request.query.append("limit", 1)
        return try await send(request, in: session).root["runs"]?[0]?["run_name"]?.string
    }

    /// The jobs with exactly this name, in any case (D-33).
    nonisolated func jobs(named name: String, in session: ToolSession) async throws -> [JobFacts] {
        var request = DatabricksRequest(endpoint: .listJobs)
        request.query.append("limit", 100)
        request.query.append("name", name)
        return remembered(try await send(request, in: session))
    }

    private nonisolated func searchedFacts(of job: Int64, in session: ToolSession) async throws -> JobFacts? {
        var token: String?
        for _ in 0..<20 {
            var request = DatabricksRequest(endpoint: .listJobs)
            request.query.append("limit", 100)
            if let token { request.query.append("page_token", token) }
            let answer = try await send(request, in: session)
            if let found = remembered(answer).first(where: { $0.id == job }) { return found }
            guard let next = PageToken.next(in: answer.root)?.string else { return nil }
            token = next
        }
        return nil
    }

    private nonisolated func remembered(_ answer: DatabricksAnswer) -> [JobFacts] {
        let jobs = answer.root["jobs"].map { $0.elements.compactMap(JobFacts.init) } ?? []
        knownJobs.remember(jobs, at: surroundings.now())
        return jobs
    }
}
