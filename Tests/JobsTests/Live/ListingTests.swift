internal import JSON
internal import Jobs
internal import MCP
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct ListingTests {
    @Test("Pages through all jobs without gaps or repetitions (D-40, D-52)", arguments: Workspace.APIVersion.allCases)
    func pages(_ version: Workspace.APIVersion) async throws {
        try await withWorkspace(version: version, SandboxConfiguration(shortensPages: true)) { workspace in
            var ids: [JSONValue] = []
            var arguments: JSONObject = ["limit": 40]
            repeat {
                let page = try await workspace.call("list_jobs", .object(arguments))
                let json = try page.json
                let jobs = json["jobs"]?.elements ?? []
                for job in jobs {
                    let id = try #require(job["job_id"])
                    #expect(page.text.contains(id.string ?? id.description))
                    ids.append(id)
                }
                #expect(json["has_more"] == .bool(json["next_page_token"] != nil))
                #expect(page.text.utf8.count <= 4096)
                arguments["page_token"] = json["next_page_token"]
            } while arguments["page_token"] != nil
            #expect(Set(ids).count == ids.count)
            // All 130 but the one that only its owners see.
            #expect(ids.count == 129)
            #expect(ids.contains("9007199254740993"))
        }
    }

    @Test("A hundred jobs fit into one result, and every id into its text (K-11, P-73)")
    func hundred() async throws {
        try await withWorkspace { workspace in
            let page = try await workspace.call("list_jobs", ["limit": 100])
            let jobs = try page.json["jobs"]?.elements ?? []
            #expect(jobs.count == 100)
            for job in jobs {
                let id = try #require(job["job_id"])
                #expect(page.text.contains(id.string ?? id.description))
            }
            #expect(page.text.utf8.count <= 4096)
            #expect(page.structured.count <= 56 << 10)
        }
    }

    @Test("Finds jobs by name in any case, and tells two of one name apart (D-33)")
    func name() async throws {
        try await withWorkspace { workspace in
            let page = try await workspace.call("list_jobs", ["name": "daily sales"])
            #expect(try page.json["jobs"]?.elements.count == 2)
            let none = try await workspace.call("list_jobs", ["name": "daily"])
            #expect(none.text == "No jobs found.")
        }
    }

    @Test("Each user sees their own jobs (P-76)")
    func users() async throws {
        try await withWorkspace(as: "bob") { workspace in
            let page = try await workspace.call("list_jobs", ["limit": 100])
            #expect(try page.json["jobs"]?.elements.count == 6)
            #expect(!page.text.contains("Payroll"))
        }
    }

    @Test("Lists active and completed runs, newest first (D-42, D-43, D-51)")
    func runs() async throws {
        try await withWorkspace { workspace in
            let active = try await workspace.call("list_runs", ["active_only": true, "limit": 25]).json
            #expect(active["runs"]?.elements.isEmpty == false)
            #expect(active["runs"]?.elements.allSatisfy { $0["finished"] == false } == true)
            let done = try await workspace.call("list_runs", ["completed_only": true, "limit": 25]).json
            let runs = done["runs"]?.elements ?? []
            #expect(runs.count == 25)
            #expect(runs.allSatisfy { $0["finished"] == true })
            let starts = runs.compactMap { $0["start_time"]?.integer }
            #expect(starts == starts.sorted(by: >))
        }
    }

    @Test("Reads numbers that arrive as strings (D-09)")
    func stringNumbers() async throws {
        try await withWorkspace { workspace in
            let run = try #require(try await workspace.runs(of: .stringNumbers).first)
            #expect(run["job_id"] == .integer(KnownJob.stringNumbers.rawValue))
            #expect(run["run_id"]?.integer != nil)
            #expect(run["started_at"]?.string?.hasSuffix("Z") == true)
            #expect(run["outcome"] == "succeeded")
        }
    }

    @Test("Keeps words that nobody here knows, and calls nothing finished that is not (D-07)")
    func futureStates() async throws {
        try await withWorkspace { workspace in
            let runs = try await workspace.runs(of: .futureStates)
            let hibernating = try #require(runs.first { $0["status"]?["state"] == "HIBERNATING" })
            #expect(hibernating["finished"] == false)
            #expect(hibernating["outcome"] == "unknown")
            #expect(hibernating["status"]?["hibernation_details"] == ["until": "sunrise"])
            #expect(hibernating["carbon_grams"] == 3)
            let ended = try #require(runs.first { $0["finished"] == true })
            #expect(ended["outcome"] == "unknown")
            let text = try await workspace.call("get_run", ["run_id": try #require(ended["run_id"])]).text
            #expect(text.contains("DECOHERENCE"))
        }
    }

    @Test(
        "Tells queued, skipped, cancelled and timed out apart (P-72)",
        arguments: [
            (KnownJob.hourlySync, "queued", nil), (.exclusiveLoad, "skipped", "quota"),
            (.longTraining, "cancelled", "user"), (.longTraining, "timed_out", nil),
            (.wideMigration, "succeeded", nil),
        ] as [(KnownJob, String, String?)])
    func outcomes(_ job: KnownJob, _ outcome: String, _ cause: String?) async throws {
        try await withWorkspace { workspace in
            let runs = try await workspace.runs(of: job)
            let run = try #require(runs.first { $0["outcome"]?.string == outcome })
            if let cause { #expect(run["cause_kind"]?.string == cause) }
        }
    }
}
