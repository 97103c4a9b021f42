internal import JSON
internal import Jobs
internal import MCP
internal import Sandbox
internal import TestSupport
internal import Testing

/// Shapes of runs that the data set does not have, over real HTTP.
@Suite(.patient) struct PlantedTests {
    private static let job = JSONValue.integer(KnownJob.nightlyOrders.rawValue)

    @Test("A run whose second page cannot be read shows the first, and its token leads to the rest")
    func unreadPage() async throws {
        try await withWorkspace { workspace in
            let id = try await workspace.newestRun(of: .wideMigration)
            workspace.sandbox.addFault(FaultPreset.unavailable.fault(route: "jobs/runs/get", now: 0).skipping(1))
            let first = try await workspace.call("get_run", ["run_id": id])
            workspace.sandbox.removeFaults()
            #expect(first.text.contains("Tasks (at least 100)"))
            #expect(
                first.text.contains("Not everything was read (1 page, then the service is temporarily unavailable)"))
            let token = try #require(try first.json["next_page_token"])
            let rest = try await workspace.call("get_run", ["run_id": id, "page_token": token])
            #expect(rest.text.contains("Tasks (150)"))
        }
    }

    @Test("A repair that counts from 0 again is the latest attempt, in both tools")
    func repair() async throws {
        try await withWorkspace { workspace in
            let start = workspace.sandbox.clock.milliseconds - 7_200_000
            let run: JSONValue = [
                "run_id": 4242, "job_id": Self.job, "start_time": .integer(start),
                "end_time": .integer(start + 4_000_000),
                "state": ["life_cycle_state": "TERMINATED", "result_state": "SUCCESS"],
                "tasks": [
                    AttemptTests.task("load", 4203, "SUCCESS", at: 3700), AttemptTests.task("load", 4101, "FAILED"),
                ],
            ]
            try workspace.sandbox.plant(run: run, outputs: [4101: ["error": "old"], 4203: ["logs": "loaded"]])
            let shown = try await workspace.call("get_run", ["run_id": 4242])
            #expect(shown.text.contains("Tasks (1): 1 succeeded"))
            let output = try await workspace.call("get_run_output", ["run_id": 4242])
            #expect(output.text.contains("| loaded"))
            #expect(!output.text.contains("old"))
        }
    }

    @Test("A run that failed before any task says why")
    func noTask() async throws {
        try await withWorkspace { workspace in
            let details: JSONValue = [
                "code": "REPOSITORY_CHECKOUT_FAILED", "type": "CLIENT_ERROR", "message": "No branch main.",
            ]
            let run: JSONValue = [
                "run_id": 4242, "job_id": Self.job, "start_time": .integer(workspace.sandbox.clock.milliseconds - 1000),
                "status": ["state": "TERMINATED", "termination_details": details],
            ]
            try workspace.sandbox.plant(run: run)
            let output = try await workspace.call("get_run_output", ["run_id": 4242])
            #expect(output.text.contains("No branch main."))
            #expect(output.text.contains("the Git repository could not be checked out"))
            let list = try await workspace.call("list_runs", ["job_id": Self.job, "limit": 1])
            #expect(list.text.contains("run 4242"))
        }
    }

    @Test("A limit on active runs stops run_now and nothing else (D-92b)")
    func activeRuns() async throws {
        try await withWorkspace { workspace in
            workspace.sandbox.setActiveRunLimit(1)
            let job = JSONValue.integer(KnownJob.helloLakehouse.rawValue)
            let error = try await workspace.failure(of: "run_now", ["job_id": job])
            #expect(error.kind == .runLimit)
            #expect(workspace.sandbox.requests(to: "jobs/run-now").count == 1)
            _ = try await workspace.call("list_jobs", ["limit": 1])
            _ = try await workspace.call("run_now", ["job_id": job, "queue": true])
        }
    }

    @Test("Hidden characters of a planted job do not arrive")
    func hidden() async throws {
        try await withWorkspace { workspace in
            let name: JSONValue = "Orders\u{E0063}\u{E0061}\u{202E} import"
            let job: JSONValue = [
                "job_id": 77, "created_time": .integer(workspace.sandbox.clock.milliseconds),
                "settings": ["name": name],
            ]
            try workspace.sandbox.plant(job: job)
            let list = try await workspace.call("list_jobs", ["limit": 1])
            #expect(list.text.contains("\"Orders import\""))
            #expect(try list.json["jobs"]?[0]?["settings"]?["name"] == "Orders import")
        }
    }
}

extension Fault {
    /// The same fault after `count` requests.
    fileprivate func skipping(_ count: Int) -> Fault {
        var fault = self
        fault.skip = count
        return fault
    }
}
