internal import JSON
internal import MCP
package import Observability

/// The job that a caller means.
struct JobReference: Sendable, Equatable {
    let id: Int64
    /// Whether the id may have lost digits in a client before it came here (D-10).
    var isRounded = false
}

extension ToolArguments {
    /// The argument `job_name`; an empty one is none.
    var jobName: String? { string("job_name").flatMap { $0.isEmpty ? nil : $0 } }

    /// Refuses a call that names its job twice.
    func checkJob(tool: String, isRequired: Bool) throws {
        let names = [integer("job_id") != nil, jobName != nil].count { $0 }
        guard names < 2 else {
            throw ArgumentConflict(
                tool: tool, problem: "job_id and job_name exclude each other", fix: "Pass job_id alone if you have it.")
        }
        guard names == 1 || !isRequired else {
            throw ArgumentConflict(
                tool: tool, problem: "job_id or job_name is required",
                fix: "Look the job_id up with list_jobs, or pass the exact name, such as "
                    + "{\"job_name\": \"Nightly orders\"}.")
        }
    }
}

extension DatabricksClient {
    /// Finds the job that `job_id` or `job_name` means, `nil` when neither is given.
    ///
    /// - Throws: ``UnclearJobName`` when not exactly one job has the name.
    nonisolated func job(_ arguments: ToolArguments, in session: ToolSession) async throws -> JobReference? {
        if let id = arguments.integer("job_id") {
            return JobReference(id: id, isRounded: arguments.mayBeRounded("job_id"))
        }
        guard let name = arguments.jobName else { return nil }
        let candidates = try await jobs(named: name, in: session)
        // Names differ in case now and then; who writes one exactly means that one.
        let exact = candidates.filter { $0.name == name }
        guard let job = exact.count == 1 ? exact.first : candidates.first, candidates.count == 1 || exact.count == 1
        else { throw UnclearJobName(name: name, candidates: candidates.map(\.id)) }
        return JobReference(id: job.id)
    }
}

/// A job name that no job has, or several.
package struct UnclearJobName: CallerFacingError {
    /// What the caller wrote.
    let name: String
    /// The jobs that have the name.
    let candidates: [Int64]

    private var quoted: String { "\"\(LogSafeText.clean(name))\"" }

    /// What the caller reads.
    package var callerMessage: String {
        candidates.isEmpty
            ? "No job that the user may see is called \(quoted). \(step)"
            : "\(candidates.count) jobs are called \(quoted): \(list). \(step)"
    }

    private var list: String { candidates.prefix(20).map(String.init).joined(separator: ", ") }

    /// The same without the name.
    package var operatorMessage: String { "a job name that \(candidates.count) jobs have" }

    /// `not_found`, or `invalid_argument` for several.
    package var details: ErrorDetails {
        ErrorDetails(category: candidates.isEmpty ? .notFound : .invalidArgument, nextStep: step)
    }

    private var step: String {
        candidates.isEmpty
            ? "Names must be complete, in any case; list_jobs with name_contains finds a part of one."
            : "Ask the user which one, and pass its job_id."
    }
}
