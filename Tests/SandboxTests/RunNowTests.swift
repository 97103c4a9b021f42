internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct RunNowTests {
    private static let nightly = JSONValue.integer(KnownJob.nightlyOrders.rawValue)
    private static let hello = JSONValue.integer(KnownJob.helloLakehouse.rawValue)

    private func states(_ client: SandboxClient, _ run: Int64) async throws -> (run: String, tasks: [String]) {
        let body = try await client.jobs("runs/get?run_id=\(run)").json
        let tasks = (body["tasks"]?.list ?? []).compactMap { $0["status"]?["state"]?.text }
        return (try #require(body["status"]?["state"]?.text), tasks)
    }

    @Test("Lives through PENDING, RUNNING and TERMINATING by the clock alone (D-123)")
    func lifeCycle() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            client.sandbox.setRunPace(.milliseconds(612_000))
            let run = try await client.startRun(["job_id": Self.nightly])
            let clock = client.sandbox.clock
            var seen = [try await states(client, run)]
            for milliseconds: Int64 in [190_000, 118_500, 2_000, 4_000, 296_000, 1_500] {
                clock.advance(milliseconds: milliseconds)
                seen.append(try await states(client, run))
            }
            #expect(
                seen.map(\.run) == [
                    "PENDING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "TERMINATING", "TERMINATED",
                ])
            #expect(
                seen.map { $0.tasks.joined(separator: " ") } == [
                    "PENDING BLOCKED BLOCKED", "RUNNING BLOCKED BLOCKED", "TERMINATING BLOCKED BLOCKED",
                    "TERMINATED BLOCKED BLOCKED", "TERMINATED RUNNING BLOCKED", "TERMINATED TERMINATING BLOCKED",
                    "TERMINATED TERMINATED TERMINATED",
                ])
            let body = try await client.jobs("runs/get?run_id=\(run)").json
            #expect(body["trigger"] == "ONE_TIME")
            #expect(body["creator_user_name"] == "alice@contoso.example")
            #expect(body["run_duration"] == 612_000)
        }
    }

    @Test("Fails in validate_orders for emea, and succeeds for other regions")
    func region() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            for (region, result) in [("emea", "FAILED"), ("nordics", "SUCCESS")] {
                let run = try await client.startRun([
                    "job_id": Self.nightly, "job_parameters": ["region": .string(region)],
                ])
                client.sandbox.clock.advance(milliseconds: 10_000)
                let body = try await client.jobs("runs/get?run_id=\(run)").json
                #expect(body["state"]?["result_state"]?.text == result)
                #expect(body["job_parameters"]?.list.first?["value"]?.text == region)
                let task = try #require(body["tasks"]?.list[1]["run_id"]?.number)
                let output = try await client.jobs("runs/get-output?run_id=\(task)").json
                #expect((output["error_trace"] == nil) == (result == "SUCCESS"))
            }
        }
    }

    @Test("Takes every kind of field in one request (D-87)")
    func example() async throws {
        try await withClient { client in
            let body: JSONValue = [
                "job_id": Self.nightly, "job_parameters": ["region": "nordics", "run_date": "2026-02-02"],
                "only": ["validate_orders+"], "queue": ["enabled": true],
                "idempotency_token": "3f0e7c1a-9d55-4a7e-8f0e-5c2d6b1e0a77",
            ]
            let answer = try await client.runNow(body)
            #expect(answer.status == 200)
            #expect(try answer.json.names == ["run_id", "number_in_job"])
            #expect(try answer.json["run_id"] == (try answer.json["number_in_job"]))
        }
    }

    @Test("Has no output while a task runs, and none when it was skipped (D-85)")
    func noOutput() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            let run = try await client.startRun(["job_id": Self.nightly])
            let tasks = try await client.jobs("runs/get?run_id=\(run)").json["tasks"]?.list ?? []
            for task in tasks {
                let output = try await client.jobs("runs/get-output?run_id=\(try #require(task["run_id"]?.number))")
                #expect(output.status == 200)
                #expect(try output.json.names == ["metadata"])
            }
        }
    }

    @Test(
        "Runs only the tasks that are asked for (D-87)",
        arguments: [
            (["validate_orders"], ["validate_orders"]), (["validate_orders+"], ["validate_orders", "publish_report"]),
            (["+validate_orders"], ["ingest_orders", "validate_orders"]),
            (["+validate_orders+"], ["ingest_orders", "validate_orders", "publish_report"]),
        ])
    func only(_ only: [String], _ expected: [String]) async throws {
        try await withClient { client in
            let run = try await client.startRun([
                "job_id": Self.nightly, "only": .array(only.map(JSONValue.string)),
            ])
            let tasks = try await client.jobs("runs/get?run_id=\(run)").json["tasks"]?.list ?? []
            #expect(tasks.compactMap { $0["task_key"]?.text } == expected)
        }
    }

    @Test("Starts one run per idempotency token, even for another body (D-127)")
    func idempotency() async throws {
        try await withClient { client in
            let first = try await client.startRun(["job_id": Self.hello, "idempotency_token": "abc"])
            let again = try await client.startRun([
                "job_id": Self.hello, "idempotency_token": "abc", "notebook_params": ["x": "y"],
            ])
            #expect(again == first)
            let other = try await client.startRun(["job_id": Self.hello, "idempotency_token": "abd"])
            #expect(other != first)
            client.sandbox.deleteRun(first)
            let deleted = try await client.runNow(["job_id": Self.hello, "idempotency_token": "abc"])
            #expect(deleted.status == 400)
        }
    }

    @Test("Queues a run behind the active one, and starts it when that ends (D-92a)")
    func queues() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            _ = try await client.startRun(["job_id": Self.nightly])
            let queued = try await client.startRun(["job_id": Self.nightly])
            let body = try await client.jobs("runs/get?run_id=\(queued)").json
            #expect(body["state"]?["life_cycle_state"] == "QUEUED")
            #expect(body["status"]?["queue_details"]?["code"] == "MAX_CONCURRENT_RUNS_REACHED")
            #expect(body["end_time"] == 0)
            client.sandbox.clock.advance(milliseconds: 6_100)
            #expect(try await states(client, queued).run == "PENDING")
            client.sandbox.clock.advance(milliseconds: 6_100)
            let ended = try await client.jobs("runs/get?run_id=\(queued)").json
            #expect(ended["status"]?["state"] == "TERMINATED")
            #expect(ended["queue_duration"] == 6_000)
        }
    }

    @Test("Skips a run when queueing is off (D-92a)")
    func skips() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            _ = try await client.startRun(["job_id": Self.nightly])
            let skipped = try await client.startRun(["job_id": Self.nightly, "queue": ["enabled": false]])
            let state = try await client.jobs("runs/get?run_id=\(skipped)").json["state"]
            #expect(state?["life_cycle_state"] == "SKIPPED")
            #expect(state?["result_state"] == "MAXIMUM_CONCURRENT_RUNS_REACHED")
        }
    }

    @Test("Cancels the active run of a continuous job (D-92)")
    func continuous() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            let job = KnownJob.clickstream.rawValue
            client.sandbox.clock.advance(milliseconds: 1_000)
            let run = try await client.startRun(["job_id": .integer(job)])
            client.sandbox.clock.advance(milliseconds: 120_000)
            let runs = try await client.jobs("runs/list?job_id=\(job)").json["runs"]?.list ?? []
            #expect(runs.first?["run_id"]?.number == run)
            #expect(runs.compactMap { $0["status"]?["state"]?.text } == ["RUNNING", "TERMINATED"])
            #expect(runs.last?["state"]?["result_state"] == "CANCELED")
        }
    }

    @Test("Lets only those start runs who may (D-97, D-98)")
    func permissions() async throws {
        try await withClient { client in
            let body = try await client.runNow(["job_id": Self.nightly], user: "bob").json
            #expect(
                body["message"]?.text
                    == "User bob@contoso.example does not have Admin or Manage Run or Owner permissions "
                    + "on job 412345678901234")
            #expect(try await client.runNow(["job_id": 1], user: "bob").status == 403)
            #expect(try await client.runNow(["job_id": 1]).json["message"] == "Job 1 does not exist.")
        }
    }

    struct BadBody: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let message: String

        init(_ body: String, _ message: String) {
            testDescription = body
            self.message = message
        }

        static let all: [BadBody] = [
            BadBody("", "Could not parse request object: the body is not JSON (unexpected end)"),
            BadBody("[]", "Could not parse request object: Expected object, found ARRAY"),
            BadBody("{}", "Missing required field: job_id"),
            BadBody(#"{"job_id": 1.5}"#, "Could not parse request object: Expected number for field 'job_id'"),
            BadBody(#"{"job_id": 183920475610382, "jobs": 1}"#, "Could not parse request object: unknown field 'jobs'"),
            BadBody(
                #"{"job_id": 183920475610382, "notebook_params": "x"}"#,
                "Could not parse request object: Expected object for field 'notebook_params', found STRING"),
            BadBody(
                #"{"job_id": 183920475610382, "notebook_params": {"a": 1}}"#,
                "Could not parse request object: Expected string for field 'notebook_params.a', found NUMBER"),
            BadBody(
                #"{"job_id": 183920475610382, "python_params": ["ä"]}"#,
                "python_params may hold ASCII characters only."),
            BadBody(
                #"{"job_id": 183920475610382, "notebook_params": {}, "jar_params": []}"#,
                "notebook_params and jar_params cannot be specified together."),
            BadBody(
                #"{"job_id": 183920475610382, "job_parameters": {"a": "b"}}"#,
                "Job parameter 'a' is not defined on job 183920475610382."),
            BadBody(
                #"{"job_id": 412345678901234, "notebook_params": {"a": "b"}}"#,
                "Job 412345678901234 defines job parameters; use job_parameters instead of notebook_params."),
            BadBody(
                #"{"job_id": 183920475610382, "only": ["nope"]}"#, "Task 'nope' does not exist in job 183920475610382."),
            BadBody(
                #"{"job_id": 183920475610382, "idempotency_token": "\#(String(repeating: "x", count: 65))"}"#,
                "idempotency_token must have at most 64 characters."),
        ]
    }

    @Test("Refuses", arguments: BadBody.all)
    func refuses(_ row: BadBody) async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            let answer = try await client.send(
                .post, "/api/2.2/jobs/run-now",
                headers: ["Authorization": "Bearer \(token)", "Content-Type": "application/json"],
                body: Array(row.testDescription.utf8))
            #expect(answer.status == 400)
            #expect(try answer.json["message"]?.text == row.message)
        }
    }

    @Test("Knows the newest fields in 2.2 only (D-19), and takes an id as text")
    func versions() async throws {
        try await withClient { client in
            let body: JSONValue = ["job_id": "183920475610382", "performance_target": "STANDARD"]
            #expect(try await client.runNow(body).status == 200)
            #expect(try await client.runNow(body, version: "2.1").status == 400)
            let run = try await client.startRun(["job_id": Self.hello, "notebook_params": ["day": "1"]])
            let overriding = try await client.jobs("runs/get?run_id=\(run)").json["overriding_parameters"]
            #expect(overriding == ["notebook_params": ["day": "1"]])
        }
    }

    @Test("Refuses a body that is not declared as JSON (D-03)")
    func contentType() async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            let answer = try await client.send(
                .post, "/api/2.2/jobs/run-now", headers: ["Authorization": "Bearer \(token)"],
                body: Array(#"{"job_id": 183920475610382}"#.utf8))
            #expect(answer.status == 400)
        }
    }

    @Test("Starts the jobs that Run Job tasks name")
    func runJob() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            let run = try await client.startRun(["job_id": .integer(KnownJob.chainTop.rawValue)])
            client.sandbox.clock.advance(milliseconds: 3_000)
            let task = try await client.jobs("runs/get?run_id=\(run)").json["tasks"]?.list.first?["run_id"]?.number
            let output = try await client.jobs("runs/get-output?run_id=\(try #require(task))").json
            let child = try #require(output["run_job_output"]?["run_id"]?.number)
            #expect(try await states(client, child).run == "RUNNING")
            client.sandbox.clock.advance(milliseconds: 3_100)
            #expect(try await states(client, run).run == "TERMINATED")
            #expect(try await client.jobs("runs/get?run_id=\(run)").json["state"]?["result_state"] == "FAILED")
        }
    }
}
