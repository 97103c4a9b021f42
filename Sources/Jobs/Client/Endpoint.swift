/// The only five paths of the Databricks Jobs API that this server ever calls (D-01, K-02).
package enum Endpoint: String, Sendable, CaseIterable {
    /// Jobs the user may see, one page.
    case listJobs = "list"
    /// Runs the user may see, one page.
    case listRuns = "runs/list"
    /// One job run or task run.
    case getRun = "runs/get"
    /// The output of one task run.
    case getRunOutput = "runs/get-output"
    /// Starts a job.
    case runNow = "run-now"

    /// Whether the request has a JSON body and changes something; the others are plain reads.
    package var isPost: Bool { self == .runNow }

    /// The position in `allCases`, for tables that are built once and indexed on every call.
    var index: Int {
        switch self {
        case .listJobs: 0
        case .listRuns: 1
        case .getRun: 2
        case .getRunOutput: 3
        case .runNow: 4
        }
    }
}
