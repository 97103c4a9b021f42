internal import JSON
internal import MCP
internal import Observability

/// When a run is looked at while a caller waits for its end: a value without I/O or clock (P-74, D-75).
struct RunWait {
    /// How a wait ended.
    struct Outcome: Sendable {
        /// Whole seconds that were waited.
        let seconds: Int64
    }

    /// The longest wait that a caller can ask for: clients give a call about 60 s (K-13, P-57).
    static let maximumSeconds: Int64 = 45
    /// What remains of the call's time for the last look and the answer.
    private static let reserve: Duration = .seconds(5)

    private let start: ContinuousClock.Instant
    /// When the waiting is over at the latest.
    let end: ContinuousClock.Instant
    private var looks: Int64 = 0

    init(seconds: Int64, from start: ContinuousClock.Instant, deadline: ContinuousClock.Instant) {
        self.start = start
        end = max(start, min(start + .seconds(seconds), deadline - Self.reserve))
    }

    /// When to look again after a look at `now`: after 1, 2, 3, … 10 seconds, and once at the very end.
    ///
    /// - Returns: `nil` when the time is over.
    mutating func nextLook(after now: ContinuousClock.Instant, jitter: Double) -> ContinuousClock.Instant? {
        guard now < end else { return nil }
        looks = min(looks + 1, 10)
        return min(now + .seconds(looks) + .milliseconds(Int64(250 * jitter)), end)
    }

    /// How long the wait has lasted.
    func outcome(at now: ContinuousClock.Instant) -> Outcome {
        Outcome(seconds: start.duration(to: now).components.seconds)
    }

    /// Seconds for a progress report.
    func progress(at now: ContinuousClock.Instant) -> Double { start.duration(to: now) / .seconds(1) }

    /// All seconds there are.
    var total: Double { start.duration(to: end) / .seconds(1) }
}

extension DatabricksClient {
    /// Reads a run once it is over, or as it is when the time is.
    ///
    /// The first look is immediate. A look that fails in a way that passes does not end the wait (P-28).
    nonisolated func run(
        _ question: RunQuestion, waiting seconds: Int64, in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> (RunPages, RunWait.Outcome) {
        let wait = RunWait(seconds: seconds, from: surroundings.now(), deadline: context.deadline)
        var last = try await firstPage(of: question, in: session(context, to: .read))
        if seconds > 0, !RunPages(last, []).run.state.finished {
            metrics.waitBegins()
            defer { metrics.waitEnds() }
            last = try await look(at: question, after: last, while: wait, in: context)
        }
        let outcome = wait.outcome(at: surroundings.now())
        return (try await pages(of: question, after: last, in: session(context, to: .read)), outcome)
    }

    /// Looks again and again until the run is over or the time is.
    ///
    /// - Returns: The last page that was seen.
    private nonisolated func look(
        at question: RunQuestion, after first: DatabricksAnswer, while wait: RunWait,
        in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> DatabricksAnswer {
        var (wait, last) = (wait, first)
        while !RunPages(last, []).run.state.finished,
            let next = wait.nextLook(after: surroundings.now(), jitter: surroundings.random())
        {
            await report(RunPages(last, []), wait, to: context.progress)
            try await surroundings.sleep(next)
            do {
                last = try await firstPage(of: question, in: session(context, to: .read))
            } catch let error as DatabricksError where error.details.retryable {
                continue
            }
        }
        return last
    }

    /// Says how far the run has come, in numbers only: names of tasks are the job's text.
    private nonisolated func report(_ pages: RunPages, _ wait: RunWait, to progress: ProgressReporter) async {
        guard progress.isWanted else { return }
        let tasks = pages.tasks
        let counts = tasks.counts.map { "\($0.count) \($0.outcome.rawValue)" }.joined(separator: ", ")
        let noun = tasks.areIterations ? "iterations" : "tasks"
        let message = "run \(pages.run.runID ?? 0) is \(pages.run.state.outcome.rawValue); \(noun): \(counts)"
        await progress.report(
            ProgressUpdate(progress: wait.progress(at: surroundings.now()), total: wait.total, message: message))
    }
}
