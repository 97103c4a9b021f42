internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct ListArgumentsTests {
    private func query(_ tool: String, _ arguments: JSONValue) async throws -> String {
        let transport = ScriptedTransport("{}")
        _ = try await ToolBench(transport).call(tool, arguments)
        return try #require(transport.requests.last?.url.split(separator: "?").last.map(String.init))
    }

    @Test(
        "Passes filters on as the service wants them (D-02, D-32, D-34, D-41 to D-49)",
        arguments: [
            ("list_jobs", [:], "limit=20"),
            ("list_jobs", ["expand_tasks": true, "limit": 5], "limit=5&expand_tasks=true"),
            ("list_jobs", ["name": "a b&c"], "limit=20&name=a%20b%26c"),
            ("list_jobs", ["offset": 40], "limit=20&offset=40"),
            ("list_jobs", ["page_token": "CA=="], "limit=20&page_token=CA%3D%3D"),
            ("list_runs", ["job_id": "9007199254740993"], "limit=20&job_id=9007199254740993"),
            ("list_runs", ["active_only": true], "limit=20&active_only=true"),
            ("list_runs", ["active_only": false, "completed_only": true], "limit=20&completed_only=true"),
            ("list_runs", ["run_type": "SUBMIT_RUN"], "limit=20&run_type=SUBMIT_RUN"),
            ("list_runs", ["offset": 1000, "limit": 25], "limit=25&offset=1000"),
            ("list_runs", ["outcome": "failed"], "limit=25&completed_only=true"),
            ("list_runs", ["outcome": "queued"], "limit=25&active_only=true"),
        ] as [(String, JSONValue, String)])
    func filters(_ tool: String, _ arguments: JSONValue, _ expected: String) async throws {
        #expect(try await query(tool, arguments) == expected)
    }

    @Test("Both versions are asked the same way (D-18, D-21)", arguments: Workspace.APIVersion.allCases)
    func versions(_ version: Workspace.APIVersion) async throws {
        try await withWorkspace(version: version) { workspace in
            let arguments: JSONValue = ["limit": 2, "since": "30d", "until": "1h", "run_type": "JOB_RUN"]
            let first = try await workspace.call("list_runs", arguments).json
            #expect(first["runs"]?.elements.count == 2)
            #expect(first["next_page_token"] != nil)
        }
    }

    /// 2026-02-02T04:00:41Z is now.
    @Test(
        "Reads times as people write them (P-80, D-48, D-49)",
        arguments: [
            ("since", "24h", 1_769_918_441_000), ("since", "7d", 1_769_400_041_000),
            ("since", "90s", 1_770_004_751_000),
            ("since", "30m", 1_770_003_041_000), ("since", "2w", 1_768_795_241_000),
            ("until", "now", 1_770_004_841_000),
            ("since", "2026-02-02", 1_769_990_400_000), ("until", "2026-02-02", 1_770_076_799_999),
            ("since", "2026-02-02T00:15:00Z", 1_769_991_300_000), ("since", "2026-02-02T00:15", 1_769_991_300_000),
            ("since", "2026-02-02 00:15:00", 1_769_991_300_000), ("until", "2026-02-02T00:15:00.5Z", 1_769_991_300_500),
            ("since", "2026-02-02T02:15:00+02:00", 1_769_991_300_000),
            ("since", "2026-02-01T18:45:00-0530", 1_769_991_300_000), ("since", "2024-02-29", 1_709_164_800_000),
            ("since", "999999w", 0),
        ] as [(String, String, Int64)])
    func times(_ name: String, _ text: String, _ expected: Int64) async throws {
        let parameter = name == "since" ? "start_time_from" : "start_time_to"
        let arguments: JSONValue = .object([name: .string(text)])
        #expect(try await query("list_runs", arguments) == "limit=20&\(parameter)=\(expected)")
    }

    @Test(
        "Refuses other times with examples",
        arguments: [
            "yesterday", "24", "h", "-1h", "2026-2-2", "2026-13-01", "2026-02-30", "2025-02-29", "2026-02-02T25:00",
            "2026-02-02T00:60", "2026-02-02T00:15:00+25:00", "2026-02-02T00:15:00.", "2026-02-02Z", "1.5h", "²h",
        ])
    func malformedTimes(_ text: String) async throws {
        let bench = try ToolBench(ScriptedTransport("{}"))
        let error = await #expect(throws: ArgumentConflict.self) {
            try await bench.call("list_runs", ["since": .string(text)])
        }
        #expect(error?.callerMessage.contains("2026-02-02T00:15:00Z") == true)
    }

    @Test(
        "Refuses what excludes each other before anything is sent (D-43, TC-07)",
        arguments: [
            ("list_runs", ["active_only": true, "completed_only": true]),
            ("list_runs", ["outcome": "failed", "active_only": true]),
            ("list_runs", ["outcome": "running", "completed_only": true]),
            ("list_runs", ["outcome": "failed", "offset": 5]), ("list_runs", ["offset": 5, "page_token": "x"]),
            ("list_runs", ["job_id": 1, "job_name": "x"]), ("list_runs", ["since": "1h", "until": "2h"]),
            ("list_jobs", ["offset": 5, "page_token": "x"]), ("list_jobs", ["name": "x", "name_contains": "y"]),
            ("list_jobs", ["offset": 5, "name_contains": "y"]),
        ] as [(String, JSONValue)])
    func conflicts(_ tool: String, _ arguments: JSONValue) async throws {
        let transport = ScriptedTransport("{}")
        let bench = try ToolBench(transport)
        let error = await #expect(throws: ArgumentConflict.self) { try await bench.call(tool, arguments) }
        #expect(error?.details.category == .invalidArgument)
        #expect(error?.details.nextStep?.isEmpty == false)
        #expect(transport.requests.isEmpty)
    }

    @Test("A wrong number of items names the range that is right (P-32, P-57, D-30, D-44, D-45)")
    func ranges() async throws {
        for (tool, arguments, range) in [
            ("list_jobs", ["limit": 101], "between 1 and 100"), ("list_runs", ["limit": 26], "between 1 and 25"),
            ("list_runs", ["offset": -1], "between 0 and"),
            ("get_run", ["run_id": 1, "wait_seconds": 46], "0 and 45"),
        ] as [(String, JSONValue, String)] {
            let bench = try ToolBench(ScriptedTransport("{}"))
            let error = await #expect(throws: InvalidArguments.self) { try await bench.call(tool, arguments) }
            #expect(error?.callerMessage.contains(range) == true)
        }
    }

    // MARK: Searches

    @Test("Finds a part of a name, and says what was looked through (P-80, D-54)")
    func nameContains() async throws {
        try await withWorkspace { workspace in
            let found = try await workspace.call("list_jobs", ["name_contains": "month END"])
            #expect(try found.json["jobs"]?.elements.count == 3)
            #expect(try found.json["pages_read"] == 2)
            #expect(try found.json["items_scanned"] == 129)
            #expect(found.text.hasPrefix("3 jobs of 129 jobs on 2 pages; nothing is left to search:"))
            let none = try await workspace.call("list_jobs", ["name_contains": "no such thing"])
            #expect(none.text == "No jobs found among 129 jobs on 2 pages; nothing is left to search.")
        }
    }

    @Test("A search goes on exactly where it stopped (P-30, P-79)", arguments: [1, 7, 40])
    func searchPages(_ limit: Int64) async throws {
        try await withWorkspace(SandboxConfiguration(shortensPages: true)) { workspace in
            var found: [JSONValue] = []
            var arguments: JSONObject = ["name_contains": "s", "limit": .integer(limit)]
            repeat {
                let page = try await workspace.call("list_jobs", .object(arguments)).json
                let jobs = page["jobs"]?.elements ?? []
                #expect(jobs.count <= limit)
                found += jobs.compactMap { $0["job_id"] }
                arguments["page_token"] = page["next_page_token"]
            } while arguments["page_token"] != nil
            let all = try await workspace.allJobs().filter { $0.name.lowercased().contains("s") }
            #expect(found == all.map(\.id))
            #expect(found.count > 40)
        }
    }

    @Test("Stops at its budget of pages and says how to search on (D-54)")
    func pageBudget() async throws {
        let page = #"{"jobs":[{"job_id":1,"settings":{"name":"other"}}],"next_page_token":"more"}"#
        let transport = ScriptedTransport(page)
        let result = try await ToolBench(transport).call("list_jobs", ["name_contains": "orders"])
        #expect(transport.requests.count == 10)
        #expect(result.text == #"No jobs found among 10 jobs on 10 pages; to search on pass page_token "more"."#)
        #expect(try result.json["has_more"] == true)
    }

    @Test("Answers \"failed in the last day\" in one call (P-80)")
    func failedRuns() async throws {
        // The last night's failure began at 00:15, and is there an hour later: until 01:00 it is older than a day.
        try await withWorkspace { workspace in
            let result = try await workspace.call("list_runs", ["outcome": "failed", "since": "25h", "limit": 25])
            let runs = try result.json["runs"]?.elements ?? []
            #expect(runs.contains { $0["run_id"] == 777_000_111_222_333 })
            #expect(runs.allSatisfy { $0["outcome"] == "failed" })
            let day = workspace.sandbox.clock.milliseconds - 90_000_000
            #expect(runs.allSatisfy { ($0["start_time"]?.integer ?? 0) >= day })
            #expect(try #require(try result.json["pages_read"]?.integer) >= 1)
            #expect(result.text.contains(" runs of "))
        }
    }

    @Test(
        "Finds every outcome that the sandbox has (P-72, P-80)",
        arguments: [
            "queued", "running", "succeeded", "failed",
            "cancelled", "timed_out", "skipped",
        ])
    func outcomes(_ outcome: String) async throws {
        try await withWorkspace { workspace in
            let result = try await workspace.call("list_runs", ["outcome": .string(outcome), "limit": 3])
            let runs = try result.json["runs"]?.elements ?? []
            #expect(!runs.isEmpty)
            #expect(runs.allSatisfy { $0["outcome"]?.string == outcome })
        }
    }

    @Test("One-time runs are found by their type (D-47)")
    func runTypes() async throws {
        try await withWorkspace { workspace in
            let result = try await workspace.call("list_runs", ["run_type": "SUBMIT_RUN"])
            #expect(try result.json["runs"]?.elements.allSatisfy { $0["run_type"] == "SUBMIT_RUN" } == true)
        }
    }

    @Test("Tasks are added when they are asked for, and named in the text (D-34, D-36, D-39)")
    func expandedTasks() async throws {
        try await withWorkspace { workspace in
            let plain = try await workspace.call("list_jobs", ["name": "Nightly orders"]).json
            #expect(plain["jobs"]?[0]?["settings"]?["tasks"] == nil)
            let result = try await workspace.call("list_jobs", ["name": "Nightly orders", "expand_tasks": true])
            #expect(try result.json["jobs"]?[0]?["settings"]?["tasks"]?.elements.count == 3)
            #expect(result.text.contains("3 tasks ingest_orders validate_orders publish_report"))
        }
    }

    // MARK: Names

    @Test("Takes a job by its exact name, in any case, unless two differ in case only (P-80, D-33)")
    func jobNames() async throws {
        try await withWorkspace { workspace in
            let runs = try await workspace.call("list_runs", ["job_name": "nightly ORDERS", "limit": 2]).json
            #expect(runs["runs"]?.elements.allSatisfy { $0["job_id"] == 412_345_678_901_234 } == true)
            let exact = try await workspace.call("list_runs", ["job_name": "DAILY SALES"])
            #expect(!exact.text.contains("154886302947711"))
            let several = await #expect(throws: UnclearJobName.self) {
                try await workspace.call("run_now", ["job_name": "daily sales"])
            }
            #expect(several?.callerMessage.contains("154886302947711") == true)
            #expect(several?.callerMessage.contains("154886302947712") == true)
            #expect(several?.details.category == .invalidArgument)
            let none = await #expect(throws: UnclearJobName.self) {
                try await workspace.call("run_now", ["job_name": "nightly"])
            }
            #expect(none?.details.category == .notFound)
            #expect(none?.callerMessage.contains("name_contains") == true)
            #expect(workspace.sandbox.requests(to: "jobs/run-now").isEmpty)
        }
    }
}

extension LiveWorkspace {
    /// All jobs the user sees, in the order of the service.
    fileprivate func allJobs() async throws -> [(id: JSONValue, name: String)] {
        var jobs: [(JSONValue, String)] = []
        var arguments: JSONObject = ["limit": 100, "detail": "full"]
        repeat {
            let page = try await call("list_jobs", .object(arguments)).json
            for job in page["jobs"]?.elements ?? [] {
                jobs.append((job["job_id"] ?? .null, job["settings"]?["name"]?.string ?? ""))
            }
            arguments["page_token"] = page["next_page_token"]
        } while arguments["page_token"] != nil
        return jobs
    }
}
