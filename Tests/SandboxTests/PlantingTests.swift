internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import Testing

/// Runs and jobs of any shape, limits on runs, and pages without a token.
@Suite struct PlantingTests {
    private static func run(start: Int64) -> JSONValue {
        [
            "run_id": 4242, "job_id": 412_345_678_901_234, "run_name": "Nightly\u{200B} orders",
            "start_time": .integer(start),
            "state": ["life_cycle_state": "TERMINATED", "result_state": "FAILED"],
            "tasks": .array((1...150).map { ["task_key": .string("t\($0)"), "run_id": .integer(5000 + $0)] }),
        ]
    }

    @Test("A planted run is listed, paged and answered as it was given")
    func plantedRun() async throws {
        try await withClient { client in
            let body: JSONValue = [
                "run": Self.run(start: client.sandbox.clock.milliseconds),
                "details": ["5001": ["run_id": 5001, "iterations": [["run_id": 6001]]]],
                "outputs": ["5002": ["error": "ValueError"]],
            ]
            #expect(try await client.control(.post, "runs", body.description).status == 200)
            let list = try await client.jobs("runs/list?limit=1").json["runs"]?.list ?? []
            #expect(list.first?["run_id"] == 4242)
            #expect(list.first?["tasks"] == nil)
            let first = try await client.jobs("runs/get?run_id=4242").json
            #expect(first["run_name"] == "Nightly\u{200B} orders")
            #expect(first["tasks"]?.list.count == 100)
            let token = try #require(first["next_page_token"]?.text).replacing("=", with: "%3D")
            let second = try await client.jobs("runs/get?run_id=4242&page_token=\(token)").json
            #expect(second["tasks"]?.list.count == 50)
            #expect(try await client.jobs("runs/get?run_id=5001").json["iterations"]?.list.count == 1)
            #expect(try await client.jobs("runs/get?run_id=5003").json["task_key"] == "t3")
            #expect(try await client.jobs("runs/get-output?run_id=5002").json["error"] == "ValueError")
            #expect(try await client.jobs("runs/get-output?run_id=5003").json["metadata"]?["task_key"] == "t3")
            #expect(try await client.jobs("runs/get-output?run_id=4242").status == 400)
            #expect(try await client.jobs("runs/get?run_id=4242", user: "nora").status == 403)
        }
    }

    @Test("A planted job is listed as it was given, in place of the one before")
    func plantedJob() async throws {
        try await withClient { client in
            let now = client.sandbox.clock.milliseconds
            for name in ["first", "second"] {
                let job: JSONValue = [
                    "job": ["job_id": 77, "created_time": .integer(now), "settings": ["name": .string(name)]]
                ]
                #expect(try await client.control(.post, "jobs", job.description).status == 200)
            }
            let jobs = try await client.jobs("list?limit=2").json["jobs"]?.list ?? []
            #expect(jobs.first?["settings"]?["name"] == "second")
            #expect(jobs.filter { $0["job_id"] == 77 }.count == 1)
            #expect(try await client.control(.post, "jobs", #"{"job":{}}"#).status == 400)
            #expect(try await client.control(.post, "runs", #"{"run":{"run_id":1}}"#).status == 400)
        }
    }

    @Test("Refuses to start a run beyond the limit of active ones, unless it may wait (D-92b)")
    func activeRuns() async throws {
        try await withClient { client in
            #expect(try await client.control(.post, "workspace", #"{"active_run_limit":1}"#).status == 200)
            let job: JSONValue = ["job_id": .integer(KnownJob.helloLakehouse.rawValue)]
            let refused = try await client.runNow(job)
            #expect(refused.status == 429)
            #expect(try refused.json["message"]?.text?.hasPrefix("There are already ") == true)
            let waiting: JSONValue = ["job_id": .integer(KnownJob.helloLakehouse.rawValue), "queue": ["enabled": true]]
            #expect(try await client.runNow(waiting).status == 200)
            #expect(try await client.control(.post, "workspace", #"{"active_run_limit":null}"#).status == 200)
            #expect(try await client.runNow(job).status == 200)
        }
    }

    @Test("Pages can lose their tokens")
    func lostTokens() async throws {
        try await withClient { client in
            #expect(try await client.control(.post, "workspace", #"{"lost_page_tokens":true}"#).status == 200)
            let page = try await client.jobs("list?limit=5").json
            #expect(page["has_more"] == true)
            #expect(page["next_page_token"] == nil)
        }
    }
}
