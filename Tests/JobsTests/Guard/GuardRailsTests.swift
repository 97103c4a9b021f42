internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct GuardRailsTests {
    private static let nightly = KnownJob.nightlyOrders.rawValue
    private static let hello = KnownJob.helloLakehouse.rawValue

    private static func rails(
        allowed: [String] = [], denied: [String] = [], scope: GuardRails.Scope = .run
    ) throws -> GuardRails {
        var rails = GuardRails()
        rails.allowed = try allowed.map(JobRule.init(parsing:))
        rails.denied = try denied.map(JobRule.init(parsing:))
        rails.scope = scope
        return rails
    }

    private func refusal(_ workspace: LiveWorkspace, _ tool: String, _ arguments: JSONValue) async throws
        -> JobNotAvailable
    {
        try #require(await #expect(throws: JobNotAvailable.self) { try await workspace.call(tool, arguments) })
    }

    @Test("Read-only hides run_now, and nothing leads to it (P-88)")
    func readOnly() async throws {
        let bench = try ToolBench(ScriptedTransport(try TestFile.fixture("jobs-list"))) {
            $0.guardRails.isReadOnly = true
        }
        let tools = JobsTools.all(client: bench.client).map(\.definition)
        #expect(tools.map(\.name) == ["list_jobs", "list_runs", "get_run", "get_run_output"])
        #expect(!tools.contains { $0.listing.description.contains("run_now") })
        #expect(try await !bench.call("list_jobs").text.contains("run_now"))
    }

    @Test(
        "Starts what the rules let it start, and sends no POST for anything else (P-88)",
        arguments: [
            ([], ["412345678901234"], nightly, false), ([], ["412345678901234"], hello, true),
            (["183920475610382"], [], nightly, false), (["183920475610382"], [], hello, true),
            ([], ["name:nightly *"], nightly, false), ([], ["name:Night?y*"], nightly, false),
            ([], ["name:nightly"], nightly, true), (["name:hello*"], [], nightly, false),
            (["name:hello*"], [], hello, true), ([], ["tag:env=prod"], nightly, false),
            ([], ["tag:env"], hello, false), ([], ["tag:env=pr*"], hello, true), (["tag:env=dev"], [], hello, true),
            (["tag:env"], ["tag:team=sales-data"], nightly, false), (["tag:env"], ["tag:team=sales-data"], hello, true),
            // No runs to take the name from: the job is looked for page by page.
            ([], ["name:Quarterly*"], KnownJob.pausedReport.rawValue, false),
        ] as [([String], [String], Int64, Bool)])
    func starts(_ allowed: [String], _ denied: [String], _ job: Int64, _ isPermitted: Bool) async throws {
        let rails = try Self.rails(allowed: allowed, denied: denied)
        try await withWorkspace {
            $0.guardRails = rails
        } _: { workspace in
            let arguments: JSONValue = ["job_id": .integer(job)]
            if isPermitted {
                _ = try await workspace.call("run_now", arguments)
            } else {
                let error = try await refusal(workspace, "run_now", arguments)
                #expect(error.details.category == .permission)
                #expect(error.callerMessage.contains("nothing was sent to Databricks"))
                #expect(error.operatorMessage.contains("MCP_DENIED_JOBS"))
            }
            #expect(workspace.sandbox.requests(to: "jobs/run-now").count == (isPermitted ? 1 : 0))
            // Looking is not restricted.
            _ = try await workspace.call("list_runs", arguments)
        }
    }

    @Test("A job named by its name is judged without another call")
    func byName() async throws {
        let rails = try Self.rails(denied: ["tag:env=prod"])
        try await withWorkspace {
            $0.guardRails = rails
        } _: { workspace in
            _ = try await refusal(workspace, "run_now", ["job_name": "Nightly orders"])
            #expect(workspace.sandbox.requests.count == 1)
        }
    }

    @Test("A job that cannot be found is not available, whatever the deny list says")
    func unknownJob() async throws {
        let bench = try ToolBench(ScriptedTransport("{}")) { $0.guardRails.denied = [.name(Wildcard("x"))] }
        await #expect(throws: JobNotAvailable.self) { try await bench.call("run_now", ["job_id": 1]) }
    }

    @Test("The user's own permissions come first: rules tell nothing about hidden jobs (D-97)")
    func permissions() async throws {
        let rails = try Self.rails(denied: ["name:Hello*"])
        try await withWorkspace {
            $0.guardRails = rails
        } _: { workspace in
            let error = try await workspace.failure(
                of: "run_now", ["job_id": .integer(KnownJob.payrollExport.rawValue)])
            #expect(error.kind == .forbidden)
        }
    }

    @Test(
        "With scope all, other jobs do not appear, by any way to them (P-88)",
        arguments: [["412345678901234"], ["name:nightly*"], ["tag:team=sales-data"]])
    func hidesReads(_ denied: [String]) async throws {
        let rails = try Self.rails(denied: denied, scope: .all)
        try await withWorkspace {
            $0.guardRails = rails
        } _: { workspace in
            for arguments: JSONValue in [["limit": 100], ["name": "Nightly orders"], ["name_contains": "nightly"]] {
                let page = try await workspace.call("list_jobs", arguments)
                #expect(!page.text.contains("412345678901234"))
                #expect(try !page.json.description.contains("412345678901234"))
            }
            let page = try await workspace.call("list_jobs", ["limit": 100]).json
            #expect(page["hidden_by_rules"] == 1)
            let runs = try await workspace.call("list_runs", ["limit": 25, "completed_only": true])
            #expect(try !runs.json.description.contains("\"job_id\":412345678901234"))
            let failed = try await workspace.call("list_runs", ["outcome": "failed", "since": "7d"])
            #expect(!failed.text.contains("Nightly"))
            for (tool, arguments) in [
                ("list_runs", ["job_id": 412_345_678_901_234]), ("list_runs", ["job_name": "Nightly orders"]),
                ("get_run", ["run_id": 777_000_111_222_333]), ("get_run", ["run_id": 777_000_111_222_402]),
                ("get_run_output", ["run_id": 777_000_111_222_333]),
                ("get_run_output", ["run_id": 777_000_111_222_402]), ("run_now", ["job_name": "Nightly orders"]),
            ] as [(String, JSONValue)] {
                let error = try await refusal(workspace, tool, arguments)
                #expect(!error.callerMessage.contains("Nightly"))
            }
            _ = try await workspace.call("list_runs", ["job_id": .integer(Self.hello)])
        }
    }

    @Test("With an allow list of scope all, only its jobs exist")
    func allowsReads() async throws {
        let rails = try Self.rails(allowed: ["tag:env=dev"], scope: .all)
        try await withWorkspace {
            $0.guardRails = rails
        } _: { workspace in
            let found = try await workspace.call("list_jobs", ["name_contains": "lake", "limit": 100]).json
            #expect(found["jobs"]?.elements.count == 1)
            let run = try await workspace.newestRun(of: .helloLakehouse)
            _ = try await workspace.call("get_run", ["run_id": run])
            _ = try await refusal(workspace, "get_run", ["run_id": 777_000_111_222_333])
        }
    }

    @Test("A failure in a hidden job stays hidden behind the task that called it (D-66)")
    func hidesCalledJobs() async throws {
        let rails = try Self.rails(denied: ["name:*currency rates"], scope: .all)
        try await withWorkspace {
            $0.guardRails = rails
        } _: { workspace in
            let id = try await workspace.newestRun(of: .chainTop)
            let result = try await workspace.call("get_run_output", ["run_id": id])
            #expect(!result.text.contains("HTTPError"))
            #expect(result.text.contains("It started job run"))
        }
    }

    @Test(
        "Reads rules, and says what a rule looks like (P-88)",
        arguments: ["", "abc", "-1", "0", "name:", "tag:", "tag:=x", "id:5", "9223372036854775808"])
    func malformed(_ text: String) {
        let error = #expect(throws: JobRule.Malformed.self) { try JobRule(parsing: text) }
        #expect(error?.advice.contains("tag:KEY=PATTERN") == true)
    }
}
