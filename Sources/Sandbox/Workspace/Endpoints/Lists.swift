internal import JSON

extension WorkspaceState {
    mutating func answer(_ call: WorkspaceCall, _ endpoint: JobsEndpoint) throws(WorkspaceError) -> JSONValue {
        switch endpoint {
        case .list: try jobsList(call)
        case .runsList: try runsList(call)
        case .runsGet: try runsGet(call)
        case .runsGetOutput: try runsGetOutput(call)
        case .runNow: try runNow(call)
        }
    }

    func rendering(_ call: WorkspaceCall) -> RunRendering {
        RunRendering(now: call.now, version: call.version, workspaceURL: url)
    }

    /// `GET jobs/list` (D-30 to D-40).
    private mutating func jobsList(_ call: WorkspaceCall) throws(WorkspaceError) -> JSONValue {
        let query = try QueryReader(call.request, allowed: ["limit", "offset", "page_token", "name", "expand_tasks"])
        let limit = try query.integer("limit") ?? 20
        guard limit >= 1 else { throw .invalidParameter("Invalid limit \(limit) - it has to be at least 1.") }
        guard limit <= 100 else { throw .invalidParameter("Invalid limit \(limit) - it has to be no more than 100.") }
        let expandsTasks = try query.boolean("expand_tasks")
        let name = query.string("name")?.lowercased()
        let visible = jobOrder.filter { job in
            call.member.level(on: job.id) >= .view && (name == nil || job.name.lowercased() == name)
        }
        let page = try page(of: visible, key: \.key, query, limit: Int(limit), maximumOffset: .max)
        return listing("jobs", page) { $0.item(version: call.version, expandsTasks: expandsTasks) }
    }

    /// `GET jobs/runs/list` (D-41 to D-55).
    private mutating func runsList(_ call: WorkspaceCall) throws(WorkspaceError) -> JSONValue {
        let query = try QueryReader(
            call.request,
            allowed: [
                "job_id", "active_only", "completed_only", "limit", "offset", "page_token", "run_type",
                "start_time_from", "start_time_to", "expand_tasks",
            ])
        let filter = try RunFilter(query)
        let asked = try query.integer("limit") ?? 20
        guard (0...26).contains(asked) else {
            throw asked < 0
                ? .invalidParameter("Invalid limit \(asked) - it has to be at least 0.")
                : .invalidParameter("Invalid limit \(asked) - it has to be no more than 26.")
        }
        if let jobID = filter.jobID {
            try call.member.requireView(on: jobID)
            guard jobs[jobID] != nil else { throw .unknownJob(jobID) }
        }
        let visible = runOrder.compactMap { runs[$0.id] }.filter { run in
            isVisible(run, at: call.now) && call.member.level(on: run.jobID) >= .view
                && filter.admits(run, at: call.now)
        }
        // 0 asks for as many as there may be (D-44).
        let limit = asked == 0 ? 26 : Int(asked)
        let page = try page(of: visible, key: \.key, query, limit: limit, maximumOffset: 10_000)
        let expandsTasks = try query.boolean("expand_tasks")
        let rendering = rendering(call)
        return listing("runs", page) { rendering.item($0, expandsTasks: expandsTasks) }
    }

    private mutating func page<Item>(
        of items: [Item], key: (Item) -> PageToken.Key, _ query: QueryReader, limit: Int, maximumOffset: Int64
    ) throws(WorkspaceError) -> Page<Item> {
        let offset = try query.integer("offset")
        if let offset, offset < 0 { throw .invalidParameter("Invalid offset \(offset) - it has to be at least 0.") }
        if let offset, offset > maximumOffset {
            throw .invalidParameter(
                "The supplied offset \(offset) has exceeded the value of \(maximumOffset) allowed for this parameter."
                    + "Please use the page_token parameter to paginate.")
        }
        let token = try pageToken(query)
        guard token == nil || offset == nil else {
            throw .invalidParameter("Only one of offset and page_token can be given.")
        }
        // Shorter pages than asked for are legal at any time (D-52).
        let length = options.shortensPages ? Int.random(in: (limit + 1) / 2...limit, using: &random) : limit
        return Page(
            of: items, key: key, token: token, offset: Int(offset ?? 0), limit: length, fingerprint: query.fingerprint)
    }

    /// The token of a list page; one of another query is refused, as a token goes with the query that it came from.
    private func pageToken(_ query: QueryReader) throws(WorkspaceError) -> PageToken? {
        guard let text = query.string("page_token"), !text.isEmpty else { return nil }
        guard let token = PageToken(text), token.direction != .withinRun, token.fingerprint == query.fingerprint else {
            throw .invalidParameter("Invalid page_token.")
        }
        return token
    }

    private func listing<Item>(_ name: String, _ page: Page<Item>, _ object: (Item) -> JSONValue) -> JSONValue {
        var members = Members()
        members.addUnlessEmpty(name, page.items.map(object))
        members.add("has_more", .bool(page.next != nil))
        if !options.losesPageTokens { members.add("next_page_token", page.next.map { .string($0.text) }) }
        members.add("prev_page_token", page.previous.map { .string($0.text) })
        return members.value
    }
}

/// Which runs a `runs/list` asks for.
private struct RunFilter: Sendable {
    let jobID: Int64?
    private let isActiveOnly: Bool
    private let isCompletedOnly: Bool
    private let type: String?
    private let startTimes: ClosedRange<Int64>

    init(_ query: QueryReader) throws(WorkspaceError) {
        jobID = try query.integer("job_id")
        isActiveOnly = try query.boolean("active_only")
        isCompletedOnly = try query.boolean("completed_only")
        if isActiveOnly, isCompletedOnly {
            throw .invalidParameter("active_only and completed_only cannot both be true.")
        }
        type = query.string("run_type")
        if let type, !["JOB_RUN", "WORKFLOW_RUN", "SUBMIT_RUN"].contains(type) {
            throw .malformed("Unknown value '\(type)' for parameter 'run_type'")
        }
        let from = try query.integer("start_time_from") ?? .min
        let to = try query.integer("start_time_to") ?? .max
        guard from <= to else { throw .invalidParameter("start_time_from must not be after start_time_to.") }
        startTimes = from...to
    }

    func admits(_ run: Run, at now: Int64) -> Bool {
        guard jobID == nil || jobID == run.jobID, type == nil || type == run.type, startTimes.contains(run.startTime)
        else { return false }
        let phase = run.phase(at: now)
        return (!isActiveOnly || phase.isActive) && (!isCompletedOnly || phase == .terminated)
    }
}
