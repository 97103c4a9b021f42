internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct StartTests {
    private static let hello: JSONValue = .integer(KnownJob.helloLakehouse.rawValue)

    @Test("Starts a run and follows it to its end (D-91, P-21)")
    func follows() async throws {
        try await withWorkspace { workspace in
            workspace.sandbox.clock.freeze()
            let started = try await workspace.call("run_now", ["job_id": Self.hello]).json
            let run: JSONValue = ["run_id": try #require(started["run_id"])]
            let first = try await workspace.call("get_run", run)
            #expect(try first.json["finished"] == false)
            #expect(first.text.contains("not finished"))
            workspace.sandbox.clock.advance(milliseconds: 60_000)
            let last = try await workspace.call("get_run", run)
            #expect(try last.json["finished"] == true)
            #expect(try last.json["outcome"] == "succeeded")
            let output = try await workspace.call("get_run_output", run)
            #expect(output.text.contains("| Hello from the lakehouse: 42 tables"))
        }
    }

    @Test("A lost answer leads to one run, not two (P-75, D-125)")
    func lostAnswer() async throws {
        try await withWorkspace { workspace in
            let before = try await workspace.runs(of: .helloLakehouse).count
            workspace.sandbox.addFault(
                Fault(route: "jobs/run-now", count: 1, cut: .beforeHeaders, afterHandler: true))
            let started = try await workspace.call("run_now", ["job_id": Self.hello]).json
            let runs = try await workspace.runs(of: .helloLakehouse)
            #expect(runs.count == before + 1)
            #expect(runs.first?["run_id"] == started["run_id"])
            #expect(workspace.sandbox.requests(to: "jobs/run-now").count == 2)
        }
    }

    @Test(
        "Says honestly that a run may have started, and the token finds it (D-118)",
        arguments: [
            Fault(route: "jobs/run-now", status: 504, count: 3, afterHandler: true),
            Fault(route: "jobs/run-now", status: 503, body: "no healthy upstream", count: 3, afterHandler: true),
            Fault(route: "jobs/run-now", count: 3, cut: .afterHeaders, afterHandler: true),
            Fault(route: "jobs/run-now", count: 3, cut: .midBody, afterHandler: true),
        ])
    func unknownOutcome(_ fault: Fault) async throws {
        try await withWorkspace { workspace in
            let before = try await workspace.runs(of: .helloLakehouse).count
            workspace.sandbox.addFault(fault)
            let error = try await workspace.failure(
                of: "run_now", ["job_id": Self.hello, "idempotency_token": "once"])
            #expect(error.mayHaveActed)
            #expect(error.callerMessage.contains("idempotency_token \"once\""))
            let again = try await workspace.call("run_now", ["job_id": Self.hello, "idempotency_token": "once"])
            #expect(try await workspace.newestRun(of: .helloLakehouse) == (try again.json["run_id"]))
            #expect(try await workspace.runs(of: .helloLakehouse).count == before + 1)
        }
    }

    @Test("Sends parameters, and repeats what the service says about wrong ones (D-89)")
    func parameters() async throws {
        try await withWorkspace { workspace in
            let nightly: JSONValue = .integer(KnownJob.nightlyOrders.rawValue)
            let started = try await workspace.call(
                "run_now", ["job_id": nightly, "job_parameters": ["region": "nordics"]]
            ).json
            let run = try await workspace.call("get_run", ["run_id": try #require(started["run_id"])])
            #expect(run.text.contains(#"region="nordics""#))
            let error = try await workspace.failure(
                of: "run_now", ["job_id": Self.hello, "job_parameters": ["region": "nordics"]])
            #expect(error.details.category == .invalidArgument)
            #expect(error.callerMessage.contains("Databricks says: "))
        }
    }

    @Test("Only those who may start a job can (D-98)")
    func permission() async throws {
        try await withWorkspace(as: "bob") { workspace in
            let error = try await workspace.failure(of: "run_now", ["job_id": Self.hello])
            #expect(error.details.category == .permission)
            #expect(error.callerMessage.contains("Ask the job owner for CAN MANAGE RUN."))
        }
    }
}
