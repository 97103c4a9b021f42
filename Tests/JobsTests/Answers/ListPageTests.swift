internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import TestSupport
internal import Testing

/// Nothing is lost between two pages: whoever follows the tokens sees every item once, in both parts of the result.
@Suite struct ListPageTests {
    private static let failedRuns = (1...20).map { SampleItem.failedRun(777_000_111_222_000 + $0) }

    @Test(
        "Shows all of a page of failed runs of 1.1 KB, with cause, times and message",
        arguments: [[:], ["limit": 25], ["detail": "summary"], ["outcome": "failed", "since": "24h"]] as [JSONValue])
    func failedRuns(_ arguments: JSONValue) async throws {
        let service = PagedService(list: "runs", items: Self.failedRuns)
        let result = try await ToolBench(service.transport).call("list_runs", arguments)
        let runs = try result.json["runs"]?.elements ?? []
        #expect(runs.count == 20)
        for run in runs {
            #expect(run["run_id"] != nil && run["job_id"] != nil && run["started_at"] != nil && run["ended_at"] != nil)
            #expect(run["outcome"] == "failed")
            #expect(run["cause_kind"] == "user")
            #expect(run.description.contains("the cause of it all, the cause of it all"))
            #expect(result.text.contains("- run \(run["run_id"]?.integer ?? 0) of job"))
        }
        #expect(result.structured.count + result.text.utf8.count <= 16 << 10)
    }

    @Test("Shows all of 100 jobs")
    func hundredJobs() async throws {
        let service = PagedService(
            list: "jobs", items: (1...100).map { SampleItem.bundleJob(183_920_475_610_000 + $0) })
        let result = try await ToolBench(service.transport).call("list_jobs", ["limit": 100])
        let jobs = try result.json["jobs"]?.elements ?? []
        #expect(jobs.count == 100)
        #expect(jobs.allSatisfy { $0["settings"]?["name"]?.string?.contains("[prod] orders pipeline") == true })
        #expect(result.structured.count + result.text.utf8.count <= 16 << 10)
    }

    @Test("Keeps when a job runs and what it takes, and uses the room there is (20 jobs of 840 bytes)")
    func bundleJobs() async throws {
        let service = PagedService(list: "jobs", items: (1...20).map { SampleItem.bundleJob(183_920_475_610_000 + $0) })
        let result = try await ToolBench(service.transport).call("list_jobs")
        let jobs = try result.json["jobs"]?.elements ?? []
        #expect(jobs.count == 20)
        for job in jobs {
            #expect(job["settings"]?["schedule"]?["quartz_cron_expression"] == "0 15 2 * * ?")
            #expect(job["settings"]?["schedule"]?["pause_status"] == "UNPAUSED")
            #expect(job["settings"]?["parameters"]?.elements.map { $0["name"] } == ["run_date", "region"])
            #expect(job["settings"]?["tags"]?["env"] == "prod")
        }
        #expect(result.structured.count >= 11_520 * 8 / 10)
        #expect(result.text.utf8.count >= 3_712 * 7 / 10)
        #expect(result.text.components(of: "parameters run_date region") == 20)
        #expect(result.text.components(of: "cron \"0 15 2 * * ?\"") == 20)
    }

    @Test("Uses at least 80 % of the room before anything is dropped, for items of any size", arguments: 1...24)
    func noCliff(_ seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let count = Int64.random(in: 4...60, using: &random)
        let items = (1...count).map { id in
            let length = Int.random(in: 40...Int(80_000 / count), using: &random)
            return SampleItem.bundleJob(id, description: String(repeating: "x", count: length))
        }
        let bench = try ToolBench(PagedService(list: "jobs", items: items).transport)
        let result = try await bench.call("list_jobs", ["limit": 100])
        #expect(try result.json["jobs"]?.elements.count == Int(count))
        if try result.json["truncated"] == true { #expect(result.structured.count >= 11_520 * 8 / 10) }
    }

    @Test("Following the tokens visits each item exactly once, whatever the budget", arguments: 1...40)
    func everyItemOnce(_ seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let isJobs = seed.isMultiple(of: 2)
        let count = Int64.random(in: 1...260, using: &random)
        let ids = (1...count).map { 9_007_199_254_740_000 + $0 * 7 }
        let items = ids.map { id in
            let words = String(repeating: "lorem ipsum ", count: Int.random(in: 0...200, using: &random))
            return isJobs ? SampleItem.bundleJob(id, description: words) : SampleItem.failedRun(id, message: words)
        }
        let limit = Int64.random(in: 1...(isJobs ? 100 : 25), using: &random)
        let detail = ["summary", "standard", "full"].randomElement(using: &random) ?? "standard"
        let kibibytes = Int.random(in: 8...64, using: &random)
        let searches = Bool.random(using: &random)
        let bench = try ToolBench(PagedService(list: isJobs ? "jobs" : "runs", items: items).transport) {
            $0.results.standard = kibibytes << 10
        }
        var (structured, texts, token): ([Int64], [Int64], JSONValue?) = ([], [], nil)
        for _ in 0...count {
            var arguments: JSONObject = ["limit": .integer(limit), "detail": .string(detail)]
            if searches { arguments[isJobs ? "name_contains" : "outcome"] = isJobs ? "prod" : "failed" }
            arguments["page_token"] = token
            let result = try await bench.call(isJobs ? "list_jobs" : "list_runs", .object(arguments))
            let json = try result.json
            structured += Self.ids(in: json[isJobs ? "jobs" : "runs"], isJobs ? "job_id" : "run_id")
            texts += Self.ids(in: result.text, after: isJobs ? "- " : "- run ")
            token = json["next_page_token"]
            if token == nil { break }
        }
        #expect(structured == ids)
        #expect(texts == ids)
    }

    @Test("Asks for a shorter page when not even the shortest form fits, so that the token goes on behind it")
    func shorterPage() async throws {
        let transport = PagedService(list: "jobs", items: (1...100).map { SampleItem.bundleJob($0 << 52) }).transport
        let bench = try ToolBench(transport) { $0.results.standard = 8 << 10 }
        let result = try await bench.call("list_jobs", ["limit": 100])
        let count = try result.json["jobs"]?.elements.count ?? 0
        #expect((20..<100).contains(count))
        #expect(try result.json["next_page_token"]?.string == "t\(count)")
        #expect(transport.requests.count > 1)
    }

    @Test("Leaves out items, and says so, only when the service gives no shorter page")
    func stubbornService() async throws {
        let body: JSONValue = ["jobs": .array((1...200).map { SampleItem.bundleJob($0 << 50) })]
        let bench = try ToolBench(ScriptedTransport(body.description)) { $0.results.standard = 8 << 10 }
        let result = try await bench.call("list_jobs", ["limit": 100])
        #expect(try result.json["left_out"]?[0]?.string?.hasSuffix("of 200 jobs were left out") == true)
    }

    private static func ids(in list: JSONValue?, _ name: String) -> [Int64] {
        (list?.elements ?? []).compactMap { $0[name]?.integer ?? $0[name]?.string.flatMap { Int64($0) } }
    }

    /// The ids of a text's lines, in order.
    private static func ids(in text: String, after mark: String) -> [Int64] {
        text.split(separator: "\n").filter { $0.hasPrefix(mark) }
            .compactMap { Int64($0.dropFirst(mark.count).prefix { $0.isNumber }) }
    }
}

extension String {
    /// How often `part` occurs.
    func components(of part: String) -> Int { split(separator: part, omittingEmptySubsequences: false).count - 1 }
}
