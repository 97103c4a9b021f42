internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct RunsListTests {
    private static let nightly = KnownJob.nightlyOrders.rawValue

    @Test("Answers as the example")
    func example() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            let body = try await client.jobs("runs/list?job_id=\(Self.nightly)&completed_only=true&limit=1").json
            #expect(body["runs"] == (try Examples.runsList)["runs"])
            #expect(body["has_more"] == true)
        }
    }

    @Test("Lists more than 400 runs of the last 60 days, latest first, without duplicates (D-51, D-53)")
    func pages() async throws {
        try await withClient { client in
            let now = client.sandbox.clock.milliseconds
            let items = try await allPages(client, "runs/list?limit=26", "runs")
            let ids = items.compactMap { $0["run_id"] }
            #expect(ids.count > 400)
            #expect(Set(ids).count == ids.count)
            let times = items.compactMap { $0["start_time"]?.number }
            #expect(times == times.sorted(by: >))
            #expect(times.allSatisfy { $0 > now - 60 * 86_400_000 })
        }
    }

    @Test("Stays stable while runs are added, and ends with a page without runs (D-40)")
    func stable() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            let path = "runs/list?job_id=\(Self.nightly)&limit=20"
            let first = try await client.jobs(path).json
            client.sandbox.clock.advance(milliseconds: 1_000)
            let added = try await client.startRun(["job_id": .integer(Self.nightly)])
            let second = try await client.jobs("\(path)&page_token=\(try token(first, "next_page_token"))").json
            let ids = [first, second].flatMap { $0["runs"]?.list ?? [] }.compactMap { $0["run_id"]?.number }
            #expect(Set(ids).count == 40)
            #expect(!ids.contains(added))
            let newer = try await client.jobs("\(path)&page_token=\(try token(second, "prev_page_token"))").json
            #expect(newer["runs"] == first["runs"])
            #expect(newer["prev_page_token"] != nil)
        }
    }

    @Test("Filters by state, time and kind")
    func filters() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            let active = try await allPages(client, "runs/list?limit=26&active_only=true", "runs")
            let states = Set(active.compactMap { $0["status"]?["state"]?.text })
            #expect(states.isSuperset(of: ["RUNNING", "QUEUED"]))
            #expect(!states.contains("TERMINATED"))
            let completed = try await allPages(client, "runs/list?limit=26&completed_only=true", "runs")
            #expect(completed.allSatisfy { $0["status"]?["state"] == "TERMINATED" })

            let start: Int64 = 1_769_991_300_000
            let window = "runs/list?job_id=\(Self.nightly)&start_time_from=\(start)&start_time_to=\(start)"
            #expect(try await client.jobs(window).json["runs"]?.list.count == 1)
            for type in ["SUBMIT_RUN", "WORKFLOW_RUN"] {
                let runs = try await client.jobs("runs/list?run_type=\(type)").json["runs"]?.list ?? []
                #expect(runs.compactMap { $0["run_type"]?.text } == [type])
            }
        }
    }

    @Test("Adds the tasks of each run when asked to")
    func expandsTasks() async throws {
        try await withClient { client in
            let wide = KnownJob.wideMigration.rawValue
            let new = try await client.jobs("runs/list?job_id=\(wide)&expand_tasks=true").json["runs"]?.list.first
            #expect(new?["tasks"]?.list.count == 100)
            #expect(new?["has_more"] == true)
            let old = try await client.jobs("runs/list?job_id=\(wide)&expand_tasks=true", version: "2.1").json
            #expect(old["runs"]?.list.first?["tasks"]?.list.count == 250)
            #expect(try await client.jobs("runs/list?job_id=\(wide)").json["runs"]?.list.first?["tasks"] == nil)
        }
    }

    @Test("Checks permission before existence (D-97, D-98)")
    func permissions() async throws {
        try await withClient { client in
            let payroll = KnownJob.payrollExport.rawValue
            let refused = try await client.jobs("runs/list?job_id=\(payroll)")
            #expect(refused.status == 403)
            let body = try refused.json
            #expect(body["error_code"] == "PERMISSION_DENIED")
            #expect(
                body["message"]?.text
                    == "User alice@contoso.example does not have View or Admin or Manage Run or Owner "
                    + "permissions on job \(payroll)")
            #expect(body["details"]?.list.first?["@type"]?.text == "type.googleapis.com/google.rpc.RequestInfo")
            // Bob may see none of the jobs that do not exist, Alice all of them.
            #expect(try await client.jobs("runs/list?job_id=1", user: "bob").status == 403)
            #expect(try await client.jobs("runs/list?job_id=1").json["message"] == "Job 1 does not exist.")
            let bob = try await allPages(client, "runs/list?limit=26", "runs")
            #expect(bob.count > 60)
        }
    }

    @Test(
        "Refuses parameters that are wrong",
        arguments: [
            ("limit=27", "Invalid limit 27 - it has to be no more than 26."),
            ("limit=-1", "Invalid limit -1 - it has to be at least 0."),
            ("active_only=true&completed_only=true", "active_only and completed_only cannot both be true."),
            ("run_type=JOB", "Could not parse request object: Unknown value 'JOB' for parameter 'run_type'"),
            (
                "offset=10020",
                "The supplied offset 10020 has exceeded the value of 10000 allowed for this parameter."
                    + "Please use the page_token parameter to paginate."
            ),
            ("start_time_from=2&start_time_to=1", "start_time_from must not be after start_time_to."),
            ("job_id=1.0", "Could not parse request object: Expected number for parameter 'job_id', found '1.0'"),
        ])
    func refuses(_ query: String, _ message: String) async throws {
        try await withClient { client in
            let answer = try await client.jobs("runs/list?\(query)")
            #expect(answer.status == 400)
            #expect(try answer.json["message"]?.text == message)
        }
    }

    @Test("Takes 0 for as many as there may be (D-44)")
    func limitZero() async throws {
        try await withClient { client in
            let answer = try await client.jobs("runs/list?limit=0")
            #expect(try answer.json["runs"]?.list.count == 26)
        }
    }
}
