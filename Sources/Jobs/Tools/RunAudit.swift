internal import Logging
internal import Observability
internal import OpenSSL

/// The line that says who had which job started: one for every call of `run_now` that got past its arguments (P-84).
///
/// Who it was is in the record's own metadata, as in every record of a request. Parameters have no place in a log.
struct RunAudit {
    /// What came of the call.
    enum Outcome: String {
        case started
        /// Refused by this server or by Databricks; nothing runs.
        case refused
        /// No answer tells whether a run exists (D-118).
        case unknown

        init(_ error: any Error) {
            self = (error as? DatabricksError)?.mayHaveActed == true ? .unknown : .refused
        }
    }

    var job: Int64?
    var run: Int64?
    /// Enough of a digest to find the call by its token, and too little to be one.
    private let tokenHash: String

    init(token: String) { tokenHash = SHA256.digest(token).hexPrefix(16) }

    /// Writes the line.
    func log(_ outcome: Outcome) {
        var metadata: Logger.Metadata = ["audit.outcome": "\(outcome.rawValue)", "token.hash": "\(tokenHash)"]
        if let job { metadata["job.id"] = "\(job)" }
        if let run { metadata["run.id"] = "\(run)" }
        Logger.current.notice("audit: run_now", metadata: metadata)
    }
}
