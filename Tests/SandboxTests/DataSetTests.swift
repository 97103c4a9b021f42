internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// What D-126 asks of the data set and no other suite looks at.
@Suite(.patient) struct DataSetTests {
    private func run(of job: KnownJob, _ client: SandboxClient) async throws -> [JSONValue] {
        try await client.jobs("runs/list?job_id=\(job.rawValue)").json["runs"]?.list ?? []
    }

    @Test("Holds runs that were skipped, queued, cancelled and timed out")
    func endings() async throws {
        try await withClient { client in
            let skipped = try await run(of: .exclusiveLoad, client)
            #expect(skipped.first?["state"]?["life_cycle_state"] == "SKIPPED")
            #expect(skipped.first?["status"]?["termination_details"]?["code"] == "MAX_CONCURRENT_RUNS_EXCEEDED")
            let waiting = try await run(of: .hourlySync, client)
            #expect(waiting.compactMap { $0["status"]?["state"]?.text } == ["QUEUED", "RUNNING"])
            let ended = try await run(of: .longTraining, client)
            #expect(ended.compactMap { $0["state"]?["result_state"]?.text } == ["CANCELED", "TIMEDOUT"])
            #expect(ended.allSatisfy { $0["state"]?["user_cancelled_or_timedout"] == true })
        }
    }

    @Test("Holds an id above 2^53, jobs without a creator, and schedules of every kind")
    func jobs() async throws {
        try await withClient { client in
            let jobs = try await allPages(client, "list?limit=100", "jobs")
            let known = Dictionary(grouping: jobs) { $0["job_id"]?.number ?? 0 }
            let backfill = known[KnownJob.featureBackfill.rawValue]?.first
            #expect(KnownJob.featureBackfill.rawValue > 1 << 53)
            #expect(backfill?["creator_user_name"] == nil)
            let paused = known[KnownJob.pausedReport.rawValue]?.first?["settings"]?["schedule"]
            #expect(paused?["pause_status"] == "PAUSED")
            let continuous = known[KnownJob.clickstream.rawValue]?.first?["settings"]?["continuous"]
            #expect(continuous?["pause_status"] == "UNPAUSED")
            let others = jobs.compactMap { $0["job_id"]?.number }.filter { KnownJob(rawValue: $0) == nil }
            #expect(others.count > 100)
            #expect(others.allSatisfy { (15...16).contains(String($0).count) && $0 < 1 << 53 })
        }
    }

    @Test("Forgets runs after 60 days, to the millisecond (D-53)")
    func retention() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            // The last nightly run started at 00:15 of the example day.
            let age = SandboxClient.exampleTime - 1_769_991_300_000
            client.sandbox.clock.advance(milliseconds: 60 * 86_400_000 - age - 1)
            let before = try await client.jobs("runs/get?run_id=777000111222333")
            #expect(before.status == 200)
            client.sandbox.clock.advance(milliseconds: 1)
            #expect(try await client.jobs("runs/get?run_id=777000111222333").status == 400)
        }
    }

    @Test(
        "Has an output for every kind of task (D-80)",
        arguments: [
            ("wheel", "logs"), ("jar", "logs"), ("sql_query", "sql_output"), ("sql_file", "sql_output"),
            ("sql_alert", "sql_output"), ("sql_dashboard", "sql_output"), ("dbt", "dbt_output"),
        ])
    func outputs(_ key: String, _ member: String) async throws {
        try await withClient { client in
            let run = try #require(try await run(of: .mixedTasks, client).first?["run_id"]?.number)
            let tasks = try await client.jobs("runs/get?run_id=\(run)").json["tasks"]?.list ?? []
            let task = try #require(tasks.first { $0["task_key"]?.text == key }?["run_id"]?.number)
            let output = try await client.jobs("runs/get-output?run_id=\(task)").json
            #expect(output[member] != nil)
        }
    }
}
