internal import JSON

/// What `runs/get-output` says about a finished task (D-80).
enum TaskOutput: Sendable {
    case none
    /// The argument of `dbutils.notebook.exit()`; `nil` when it was never called.
    case notebook(result: String?)
    /// A notebook that raised.
    case notebookError(message: String, trace: String)
    /// Standard output of a wheel, script or JAR.
    case logs(String, isTruncated: Bool)
    /// A script that raised after printing something.
    case failedLogs(String, message: String, trace: String)
    /// The last 5 MB of a long log; made when it is asked for.
    case longLog(bytes: Int)
    /// Other members as they are: SQL, dbt, dashboards, and what comes next.
    case members(Members)
    /// The run that a Run Job task started.
    case runJob(runID: Int64)

    var members: Members {
        switch self {
        case .none: Members()
        case .notebook(let result):
            Members([
                "notebook_output": result.map { Members(["result": .string($0), "truncated": false]).value } ?? [:]
            ])
        case .notebookError(let message, let trace):
            Members(["notebook_output": [:], "error": .string(message), "error_trace": .string(trace)])
        case .logs(let text, let isTruncated): Members(["logs": .string(text), "logs_truncated": .bool(isTruncated)])
        case .failedLogs(let text, let message, let trace):
            Members([
                "logs": .string(text), "logs_truncated": false, "error": .string(message),
                "error_trace": .string(trace),
            ])
        case .longLog(let bytes): Members(["logs": .string(Self.log(bytes: bytes)), "logs_truncated": true])
        case .members(let members): members
        case .runJob(let runID): Members(["run_job_output": Members(["run_id": .integer(runID)]).value])
        }
    }

    private static func log(bytes: Int) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes + 100)
        var line = 0
        while text.count < bytes {
            line += 1
            text += Array("26/02/02 00:20:11 INFO Partitioner: wrote part-\(line) of the daily archive\n".utf8)
        }
        return String(decoding: text.suffix(bytes), as: UTF8.self)
    }
}
