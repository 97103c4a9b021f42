internal import JSON

/// A run as `runs/get` gives it: the first page, and the rest of its arrays from the pages after it (D-60).
struct RunPages {
    /// Pages that one tool call reads at most; the token of the next one is passed on (D-61).
    static let maximum = 10

    /// The arrays that come in pages.
    static let pagedNames = ["tasks", "iterations", "job_clusters", "job_parameters", "repair_history"]

    private let pages: [JSONElement]
    /// The run itself.
    let run: RunView
    /// Present when not all pages were read.
    let nextPage: JSONElement?

    /// Joins the answers, given in order.
    init(_ first: DatabricksAnswer, _ others: [DatabricksAnswer]) {
        pages = [first.root] + others.map(\.root)
        run = Self.view(of: first.root)
        nextPage = PageToken.next(in: (others.last ?? first).root)
    }

    /// A task run that lists itself may leave its state to that entry (D-60).
    private static func view(of root: JSONElement) -> RunView {
        let run = RunView(root)
        guard root["status"] == nil, root["state"] == nil, let task = root["tasks"]?[0].map(RunView.init),
            task.runID == run.runID
        else { return run }
        return RunView(root, state: task.state)
    }

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
        return iterations.isEmpty
            ? TaskList(elements(of: "tasks"), areIterations: false) : TaskList(iterations, areIterations: true)
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

extension DatabricksClient {
    /// Reads a run with all pages of its arrays, up to ``RunPages/maximum``.
    nonisolated func run(
        _ run: RunReference, includeHistory: Bool = false, from pageToken: String? = nil, in session: ToolSession
    ) async throws -> RunPages {
        func request(_ token: String?) -> DatabricksRequest {
            var request = DatabricksRequest(endpoint: .getRun, run)
            if includeHistory { request.query.append("include_history", true) }
            if let token { request.query.append("page_token", token) }
            return request
        }
        let first = try await send(request(pageToken), in: session)
        var others: [DatabricksAnswer] = []
        var next = PageToken.next(in: first.root)
        while let token = next?.string, others.count + 1 < RunPages.maximum {
            let page = try await send(request(token), in: session)
            others.append(page)
            next = PageToken.next(in: page.root)
        }
        return RunPages(first, others)
    }
}
