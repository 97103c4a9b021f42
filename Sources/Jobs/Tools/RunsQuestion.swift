internal import JSON
internal import MCP

extension RunOutcome {
    /// The outcomes that a caller can look for.
    static var searchable: [RunOutcome] { allCases.filter { $0 != .unknown } }

    /// Whether runs with this outcome are over.
    var isEnd: Bool { self != .queued && self != .running && self != .unknown }
}

/// What a caller wants to know about runs: the filters that the service has, and the one that it lacks (D-54).
struct RunsQuestion: Sendable {
    /// Pages that a search reads: five hundred runs.
    private static let pagesPerSearch = 20
    private static let tool = "list_runs"

    private let outcome: RunOutcome?
    private let activeOnly: Bool
    private let completedOnly: Bool
    /// Milliseconds since the epoch.
    private let since: Int64?
    private let until: Int64?
    private let runType: String?
    /// Runs that the caller asked for.
    let limit: Int64
    private let offset: Int64?
    private let pageToken: String?

    init(_ arguments: ToolArguments, now: Int64) throws {
        try arguments.checkJob(tool: Self.tool, isRequired: false)
        try arguments.checkPaging(tool: Self.tool)
        outcome = arguments.string("outcome").flatMap(RunOutcome.init)
        activeOnly = arguments.boolean("active_only") ?? false
        completedOnly = arguments.boolean("completed_only") ?? false
        since = try Self.bound("since", arguments, now: now)
        until = try Self.bound("until", arguments, now: now)
        runType = arguments.string("run_type")
        limit = arguments.integer("limit") ?? 20
        offset = arguments.integer("offset").flatMap { $0 > 0 ? $0 : nil }
        pageToken = arguments.pageToken
        try check()
    }

    private static func bound(_ name: String, _ arguments: ToolArguments, now: Int64) throws -> Int64? {
        guard let text = arguments.string(name), !text.isEmpty else { return nil }
        guard let time = TimeBound.milliseconds(text, now: now, isEnd: name == "until") else {
            throw ArgumentConflict(tool: tool, problem: "\(name) is not a time", fix: TimeBound.examples)
        }
        return time
    }

    private func check() throws {
        func conflict(_ problem: String, _ fix: String) -> ArgumentConflict {
            ArgumentConflict(tool: Self.tool, problem: problem, fix: fix)
        }
        guard !activeOnly || !completedOnly else {
            throw conflict(
                "active_only and completed_only exclude each other", "Set one of them, or neither for all runs.")
        }
        if let outcome, outcome.isEnd ? activeOnly : completedOnly {
            throw conflict(
                "outcome \(outcome.rawValue) excludes \(outcome.isEnd ? "active_only" : "completed_only")",
                "Pass outcome alone; it implies the other one.")
        }
        guard outcome == nil || offset == nil else {
            throw conflict("outcome and offset exclude each other", "Go on with page_token.")
        }
        if let since, let until, since > until {
            throw conflict("since is later than until", "Exchange them, or leave one out.")
        }
    }

    /// Asks the service, as often as the search for an outcome takes.
    func page(
        _ client: DatabricksClient, job: JobReference?, limit: Int64, in session: ToolSession
    ) async throws -> ListPage {
        guard let outcome else {
            let root = try await client.send(request(job, limit: limit, pageToken), in: session).root
            let runs = root["runs"].map { Array($0.elements) } ?? []
            return try await visible(runs, of: ListPage(items: [], root: root), client, session)
        }
        let scan = ListScan(
            request: { request(job, limit: $0, $1) }, list: "runs", pageSize: 25, pages: Self.pagesPerSearch,
            wanted: Int(limit), isWanted: { RunState(of: $0).outcome == outcome })
        let page = try await scan.run(client, from: pageToken, in: session)
        return try await visible(page.items, of: page, client, session)
    }

    /// Leaves out the runs that the operator's rules keep back.
    private func visible(
        _ runs: [JSONElement], of page: ListPage, _ client: DatabricksClient, _ session: ToolSession
    ) async throws -> ListPage {
        guard client.configuration.guardRails.restrictsReads else {
            return ListPage(items: runs, root: page.root, scan: page.scan, unread: page.unread)
        }
        var visible: [JSONElement] = []
        for run in runs where try await client.isVisible(RunView(run), in: session) { visible.append(run) }
        return ListPage(
            items: visible, root: page.root, scan: page.scan, hidden: runs.count - visible.count, unread: page.unread)
    }

    private func request(_ job: JobReference?, limit: Int64, _ pageToken: String?) -> DatabricksRequest {
        var request = DatabricksRequest(endpoint: .listRuns)
        request.query.append("limit", limit)
        if let offset { request.query.append("offset", offset) }
        if let pageToken { request.query.append("page_token", pageToken) }
        if let job {
            request.subject = .job(job.id)
            request.isSubjectRounded = job.isRounded
            request.query.append("job_id", job.id)
        }
        if activeOnly || outcome?.isEnd == false { request.query.append("active_only", true) }
        if completedOnly || outcome?.isEnd == true { request.query.append("completed_only", true) }
        if let runType { request.query.append("run_type", runType) }
        if let since { request.query.append("start_time_from", since) }
        if let until { request.query.append("start_time_to", until) }
        return request
    }
}
