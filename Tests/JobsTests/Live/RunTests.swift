internal import JSON
internal import Jobs
internal import MCP
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct RunTests {
    private static let nightlyRun: Int64 = 777_000_111_222_333
    private static let regionScoresRun: Int64 = 779_100_000_000_001
    private static let regionScoresTask: Int64 = 779_100_000_000_500

    @Test("Reads all 250 tasks over three pages and stays within the limit (D-60, P-79)")
    func manyTasks() async throws {
        try await withWorkspace { workspace in
            let id = try await workspace.newestRun(of: .wideMigration)
            let result = try await workspace.call("get_run", ["run_id": id, "detail": "full"])
            let json = try result.json
            #expect(json["pages_read"] == 3)
            #expect(json["has_more"] == false)
            #expect(result.text.contains("Tasks (250): 250 succeeded"))
            #expect(result.structured.count + result.text.utf8.count <= 64 << 10)
            #expect(result.text.utf8.count <= 4096)
            #expect(json["tasks"]?.elements.count == 250)
            // What did not fit is said.
            #expect(json["truncated"] == true)
            #expect(json["left_out"]?.elements.isEmpty == false)
        }
    }

    @Test("Goes on from a page token (D-61)")
    func pageToken() async throws {
        try await withWorkspace { workspace in
            let id = try await workspace.newestRun(of: .wideMigration)
            let first = try await workspace.client.firstPage(of: id, workspace)
            let rest = try await workspace.call("get_run", ["run_id": id, "page_token": .string(first)])
            #expect(try rest.json["pages_read"] == 2)
            #expect(rest.text.contains("Tasks (150)"))
        }
    }

    @Test("Counts only the latest attempt of a task (D-64)")
    func attempts() async throws {
        try await withWorkspace { workspace in
            let id = try await workspace.newestRun(of: .flakyIngestion)
            let result = try await workspace.call("get_run", ["run_id": id])
            let tasks = try result.json["tasks"]?.elements ?? []
            #expect(tasks.count == 2)
            #expect(tasks.filter { $0["superseded"] == true }.map { $0["attempt_number"] } == [0])
            #expect(try result.json["failed_tasks"] == [])
            #expect(result.text.contains("Tasks (1): 1 succeeded"))
        }
    }

    @Test("Shows the history of a repaired run (D-67)")
    func repair() async throws {
        try await withWorkspace { workspace in
            let id = try await workspace.newestRun(of: .repairedLedger)
            let result = try await workspace.call("get_run", ["run_id": id, "include_history": true])
            #expect(try result.json["outcome"] == "succeeded")
            #expect(try result.json["repair_history"]?.elements.count == 2)
            #expect(result.text.contains("Original: failed"))
            #expect(result.text.contains("Repair 605040302010203: succeeded"))
        }
    }

    @Test("Rewrites links, those with another name of the workspace too, and shows no other host (D-68, P-33)")
    func links() async throws {
        let run: JSONValue = ["run_id": .integer(Self.nightlyRun)]
        try await withWorkspace { workspace in
            let result = try await workspace.call("get_run", run)
            let link = "\(workspace.sandbox.baseURL)/jobs/412345678901234/runs/777000111222333?o=1234567890123456"
            #expect(try result.json["run_page_url"]?.string == link)
            #expect(result.text.contains("Link: \(link)"))
        }
        try await withWorkspace(SandboxConfiguration(workspaceURL: "https://evil.example")) { workspace in
            let result = try await workspace.call("get_run", run)
            let link = "\(workspace.sandbox.baseURL)/jobs/412345678901234/runs/777000111222333?o=1234567890123456"
            #expect(try result.json["run_page_url"]?.string == link)
            #expect(!result.text.contains("evil.example"))
            #expect(try !result.json.description.contains("evil.example"))
        }
    }

    @Test("Shows the iterations of a for-each task (D-65)")
    func iterations() async throws {
        try await withWorkspace { workspace in
            let result = try await workspace.call(
                "get_run", ["run_id": .integer(Self.regionScoresTask), "detail": "full"])
            #expect(result.text.contains("For-each: 120 iterations, 113 succeeded, 7 failed"))
            #expect(try result.json["failed_tasks"]?.elements.count == 7)
            #expect(try result.json["iterations"]?.elements.count == 120)
            #expect(try result.json["pages_read"] == 2)
        }
    }

    // MARK: Output

    @Test("Explains a failed job run in one call (P-71)", arguments: Workspace.APIVersion.allCases)
    func explains(_ version: Workspace.APIVersion) async throws {
        try await withWorkspace(version: version) { workspace in
            let result = try await workspace.call("get_run_output", ["run_id": .integer(Self.nightlyRun)])
            let error = "AssertionError: null ratio of customer_id is 0.043, allowed 0.010"
            #expect(try result.json["error"]?.string == error)
            #expect(try result.json["task_key"] == "validate_orders")
            #expect(try result.json["run_id"] == 777_000_111_222_402)
            #expect(result.text.contains("Error: \(error)"))
            #expect(result.text.contains("| \(error)"))
            #expect(workspace.sandbox.requests.filter { $0.status >= 400 }.count == 1)
        }
    }

    @Test("Asks once for the id of a task run (D-76)")
    func taskRun() async throws {
        try await withWorkspace { workspace in
            let result = try await workspace.call("get_run_output", ["run_id": 777_000_111_222_402])
            #expect(result.text.contains("It belongs to job run 777000111222333 of job 412345678901234."))
            #expect(workspace.sandbox.requests.count == 1)
        }
    }

    @Test("Shows different failures of a for-each run first (P-71)")
    func forEachOutput() async throws {
        try await withWorkspace { workspace in
            let task = try await workspace.call("get_run_output", ["run_id": .integer(Self.regionScoresTask)])
            #expect(try task.json["outputs"]?.elements.count == 3)
            #expect(task.text.contains("120 iterations, 6 failed, 1 timed out"))
            #expect(task.text.contains("Shown are the outputs of 3 of them."))
            let outcomes = try task.json["outputs"]?.elements.map { $0["outcome"]?.string }
            #expect(outcomes?.first == "failed")
            #expect(Set(outcomes ?? []) == ["failed", "timed_out"])

            let run = try await workspace.call("get_run_output", ["run_id": .integer(Self.regionScoresRun)])
            #expect(run.text.contains("2 tasks, 1 failed"))
            #expect(try run.json["error"]?.string?.isEmpty == false)
        }
    }

    @Test("Finds the failure in a job that a job called (D-66, P-71)")
    func chain() async throws {
        try await withWorkspace { workspace in
            let id = try await workspace.newestRun(of: .chainTop)
            let result = try await workspace.call("get_run_output", ["run_id": id])
            #expect(try result.json["error"]?.string?.contains("HTTPError: 503 Server Error") == true)
            #expect(result.text.contains("Error: HTTPError: 503 Server Error"))
            let calls = try #require(try result.json["called_by"]?.elements)
            #expect(calls.map { $0["task_key"] } == ["run_ledger", "run_rates"])
            #expect(try result.json["resolved_from_run"]?["run_id"] == id)
            // The same from the task in the middle.
            let middle = try await workspace.call("get_run_output", ["run_id": try #require(calls[1]["run_id"])])
            #expect(try middle.json["called_by"]?.elements.count == 1)
            #expect(try middle.json["run_id"] == result.json["run_id"])
            #expect(middle.text.contains("of job \(KnownJob.chainLeaf.rawValue)"))
        }
    }

    @Test("Masks download links and keeps the rest (D-80, P-82)")
    func secrets() async throws {
        try await withWorkspace { workspace in
            let id = try await workspace.newestRun(of: .mixedTasks)
            let run = try await workspace.call("get_run", ["run_id": id]).json
            for task in run["tasks"]?.elements ?? [] {
                let result = try await workspace.call("get_run_output", ["run_id": try #require(task["run_id"])])
                let json = try result.json.description
                #expect(!json.contains("SANDBOX-PRESIGNED-SECRET") && !json.contains("SANDBOX-HEADER-SECRET"))
                #expect(!result.text.contains("SANDBOX-"))
                if task["task_key"] == "dbt" { #expect(json.contains("masked: a download secret")) }
                if task["task_key"] == "wheel" { #expect(result.text.contains("| wrote 9981 rows")) }
                if task["task_key"] == "sql_file" { #expect(json.contains("OPTIMIZE sales.orders")) }
            }
        }
    }

    @Test("Cuts a 5 MB log to its end and says so (D-83, P-73)")
    func longLog() async throws {
        try await withWorkspace { workspace in
            let run = try await workspace.newestRun(of: .archiveExport)
            let result = try await workspace.call("get_run_output", ["run_id": run])
            #expect(result.structured.count + result.text.utf8.count <= 64 << 10)
            #expect(result.text.utf8.count <= 4096)
            let logs = try #require(try result.json["logs"]?.string)
            #expect(logs.hasPrefix("[cut: the last "))
            #expect(try result.json["truncated"] == true)
            #expect(try result.json["left_out"]?.description.contains("logs was cut") == true)
        }
    }

    @Test("Shows hostile text as data: no control characters, every line set off (TC-05, D-86)")
    func hostileText() async throws {
        try await withWorkspace { workspace in
            let id = try await workspace.newestRun(of: .customerFeedback)
            let result = try await workspace.call("get_run_output", ["run_id": id])
            for text in [result.text, try #require(try result.json["error_trace"]?.string)] {
                let isClean = text.unicodeScalars.allSatisfy { scalar in
                    scalar.value >= 0x20 && scalar.value != 0x7F && scalar.value != 0x202E || scalar == "\n"
                }
                #expect(isClean)
                #expect(!text.contains("[0;31m"))
            }
            let foreign = result.text.split(separator: "\n").filter { $0.contains("Ignore all previous") }
            #expect(foreign.allSatisfy { $0.hasPrefix("| ") || $0.hasPrefix("Error: ") })
        }
    }
}

extension DatabricksClient {
    /// The token of a run's second page, which one call of the tool never shows.
    fileprivate nonisolated func firstPage(of run: JSONValue, _ live: LiveWorkspace) async throws -> String {
        // The sandbox's tokens are opaque, so the first page is asked for by a recorded request's own parameter.
        _ = try await live.call("get_run", ["run_id": run])
        let pages = live.sandbox.requests(to: "jobs/runs/get").compactMap { $0.parameter("page_token") }
        return try #require(pages.first)
    }
}
