internal import JSON

/// A run as `runs/get` gives it: the first page, and the rest of its arrays from the pages after it (D-60).
struct RunPages {
    /// The arrays that come in pages.
    static let pagedNames = ["tasks", "iterations", "job_clusters", "job_parameters", "repair_history"]

    private let pages: [JSONElement]
    /// The run itself.
    let run: RunView
    /// Present when not all pages were read.
    let nextPage: JSONElement?
    /// Whether the service says that there is more, and not where.
    let isTokenLost: Bool
    /// Why the page behind ``nextPage`` could not be read.
    let unread: String?

    /// Joins the answers, given in order.
    init(_ first: DatabricksAnswer, _ others: [DatabricksAnswer], unread: String? = nil) {
        pages = [first.root] + others.map(\.root)
        run = Self.view(of: first.root)
        let last = (others.last ?? first).root
        nextPage = PageToken.next(in: last)
        isTokenLost = PageToken.isLost(in: last)
        self.unread = unread
    }

    /// Whether there are tasks or iterations that were not read.
    var isPartial: Bool { nextPage != nil || isTokenLost }

    /// A task run that lists itself may leave its state to that entry (D-60).
    private static func view(of root: JSONElement) -> RunView {
        let run = RunView(root)
        guard root["status"] == nil, root["state"] == nil, let task = root["tasks"]?[0].map(RunView.init),
            task.runID == run.runID
        else { return run }
        return RunView(root, state: task.state)
    }

    /// The run, with the time it was at work if it is under repair.
    func run(at now: Int64) -> RunView {
        guard !run.state.finished else { return run }
        let parts = Self.partNames.flatMap { elements(of: $0) }
        guard let time = ActiveTime(parts, now: now).milliseconds else { return run }
        return RunView(run.element, state: run.state, activeTime: time)
    }

    private static let partNames = ["tasks", "iterations", "repair_history"]

    /// Bytes of all pages.
    var weight: Int { pages.reduce(0) { $0 + $1.rawBytes.count } }

    /// How many pages were read.
    var count: Int { pages.count }

    /// The elements of one array over all pages.
    ///
    /// Every page about a for-each task run repeats its only task, itself (D-60).
    func elements(of name: String) -> [JSONElement] {
        let isRepeated = name == "tasks" && pages[0]["iterations"] != nil
        return pages.prefix(isRepeated ? 1 : pages.count)
            .flatMap { page in page[name].map { Array($0.elements) } ?? [] }
    }

    /// The tasks, or for a for-each task run the iterations, since its only task is itself (D-60).
    var tasks: TaskList {
        let iterations = elements(of: "iterations")
        guard !iterations.isEmpty else { return TaskList(elements(of: "tasks"), areIterations: false) }
        let counts = elements(of: "tasks").first?["for_each_task"]?["stats"]?["task_run_stats"]
        return TaskList(iterations, areIterations: true, total: counts?["total_iterations"]?.exactInteger)
    }
}

/// The id of a run as the caller gave it.
struct RunReference: Sendable, Equatable {
    let id: Int64
    /// Whether the id may have lost digits in a client before it came here (D-10).
    var isRounded = false
}

extension DatabricksRequest {
    /// A call about one run.
    init(endpoint: Endpoint, _ run: RunReference) {
        self.init(endpoint: endpoint, subject: .run(run.id), isSubjectRounded: run.isRounded)
        query.append("run_id", run.id)
    }
}

/// What is asked about one run.
struct RunQuestion: Sendable {
    let run: RunReference
    /// Adds the original attempt and its repairs (D-57).
    var includesHistory = false
    /// Adds the parameters of tasks as they were after substitution (D-58).
    var includesResolvedValues = false
    /// Where to begin within the run's arrays (D-59).
    var pageToken: String?

    fileprivate func request(from pageToken: String?) -> DatabricksRequest {
        var request = DatabricksRequest(endpoint: .getRun, run)
        if includesHistory { request.query.append("include_history", true) }
        if includesResolvedValues { request.query.append("include_resolved_values", true) }
        if let pageToken { request.query.append("page_token", pageToken) }
        return request
    }
}

extension DatabricksClient {
    /// Reads a run with all pages of its arrays, up to ``Configuration/pagesPerRun`` (D-61).
    nonisolated func run(_ question: RunQuestion, in session: ToolSession) async throws -> RunPages {
        try await pages(of: question, after: try await firstPage(of: question, in: session), in: session)
    }

    /// Reads a run without its further pages: enough to know its state.
    nonisolated func firstPage(of question: RunQuestion, in session: ToolSession) async throws -> DatabricksAnswer {
        let answer = try await send(question.request(from: question.pageToken), in: session)
        try await requireVisible(RunView(answer.root), in: session)
        return answer
    }

    /// Reads the further pages of a run; one that cannot be read is left to the caller, with its token.
    nonisolated func pages(
        of question: RunQuestion, after first: DatabricksAnswer, in session: ToolSession
    ) async throws -> RunPages {
        var others: [DatabricksAnswer] = []
        var next = PageToken.next(in: first.root)
        while let token = next?.string, others.count + 1 < configuration.pagesPerRun {
            do {
                let page = try await send(question.request(from: token), in: session)
                others.append(page)
                next = PageToken.next(in: page.root)
            } catch let error as DatabricksError {
                return RunPages(first, others, unread: error.problem)
            }
        }
        return RunPages(first, others)
    }
}
