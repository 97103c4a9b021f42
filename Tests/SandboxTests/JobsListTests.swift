internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct JobsListTests {
    @Test("Answers as the example")
    func example() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            let body = try await client.jobs("list?limit=2").json
            #expect(body["jobs"] == (try Examples.jobsList)["jobs"])
            #expect(body["has_more"] == true)
            #expect(body["next_page_token"]?.text?.isEmpty == false)
            #expect(body["prev_page_token"] == nil)
        }
    }

    @Test(
        "Lists 130 jobs, newest first, without duplicates, whatever the page size (D-40)",
        arguments: [
            (7, "2.2"), (100, "2.1"),
        ])
    func pages(limit: Int, version: String) async throws {
        try await withClient { client in
            let items = try await allPages(client, "list?limit=\(limit)", "jobs", version: version)
            let ids = items.compactMap { $0["job_id"]?.number ?? $0["job_id"]?.text.flatMap { Int64($0) } }
            #expect(ids.count == 129)  // Alice does not see the payroll job
            #expect(Set(ids).count == ids.count)
            let times = items.compactMap { $0["created_time"]?.number }
            #expect(times == times.sorted(by: >))
        }
    }

    @Test("Leads back to the page before")
    func previousPage() async throws {
        try await withClient { client in
            let first = try await client.jobs("list?limit=3").json
            let second = try await client.jobs("list?limit=3&page_token=\(try token(first, "next_page_token"))").json
            let back = try await client.jobs("list?limit=3&page_token=\(try token(second, "prev_page_token"))").json
            #expect(back["jobs"] == first["jobs"])
            #expect(back["prev_page_token"] == nil)
        }
    }

    @Test("Shortens pages when told to, and still lists everything (D-52)")
    func shortPages() async throws {
        var configuration = SandboxConfiguration()
        configuration.shortensPages = true
        try await withClient(configuration) { client in
            var lengths: Set<Int> = []
            let items = try await allPages(client, "list?limit=20", "jobs", lengths: &lengths)
            #expect(items.count == 129)
            #expect(lengths.count > 1)
        }
    }

    @Test("Finds a name exactly, in any case of letters (D-33)")
    func name() async throws {
        try await withClient { client in
            let found = try await client.jobs("list?name=daily%20SALES").json["jobs"]?.list ?? []
            #expect(found.compactMap { $0["settings"]?["name"]?.text } == ["Daily sales", "DAILY SALES"])
            let part = try await client.jobs("list?name=daily+sale")
            #expect(try part.json == ["has_more": false])
        }
    }

    @Test("Adds tasks and clusters when asked to; 2.2 cuts them at 100 (D-20, D-23, D-36)")
    func expandsTasks() async throws {
        try await withClient { client in
            let path = "list?name=Wide%20migration&expand_tasks="
            let plain = try await client.jobs(path + "false").json["jobs"]?.list.first
            #expect(plain?["settings"]?["tasks"] == nil)
            let new = try await client.jobs(path + "true").json["jobs"]?.list.first
            #expect(new?["settings"]?["tasks"]?.list.count == 100)
            #expect(new?["has_more"] == true)
            let old = try await client.jobs(path + "true", version: "2.1").json["jobs"]?.list.first
            #expect(old?["settings"]?["tasks"]?.list.count == 250)
            #expect(old?["has_more"] == nil)
        }
    }

    @Test("Names the format always in 2.1, and not always in 2.2 (D-26)")
    func format() async throws {
        try await withClient { client in
            let old = try await client.jobs("list?limit=100", version: "2.1").json["jobs"]?.list ?? []
            #expect(old.allSatisfy { $0["settings"]?["format"] == "MULTI_TASK" })
            let new = try await client.jobs("list?limit=100").json["jobs"]?.list ?? []
            #expect(new.contains { $0["settings"]?["format"] == nil })
        }
    }

    @Test("Shows each user the jobs that he may see")
    func permissions() async throws {
        try await withClient { client in
            let bob = try await client.jobs("list?limit=100", user: "bob").json["jobs"]?.list ?? []
            #expect(bob.count == 6)
            #expect(bob.allSatisfy { $0["job_id"]?.number != KnownJob.payrollExport.rawValue })
            let guest = try await client.jobs("list", user: "guest").json["jobs"]?.list ?? []
            #expect(guest.compactMap { $0["settings"]?["name"]?.text } == ["Hello lakehouse", "Daily sales"])
            try client.sandbox.setAccess(user: "guest", jobID: KnownJob.payrollExport.rawValue, .view)
            #expect(try await client.jobs("list", user: "guest").json["jobs"]?.list.count == 3)
        }
    }

    @Test(
        "Refuses parameters that are wrong",
        arguments: [
            ("limit=0", "Invalid limit 0 - it has to be at least 1."),
            ("limit=101", "Invalid limit 101 - it has to be no more than 100."),
            ("limit=ten", "Could not parse request object: Expected number for parameter 'limit', found 'ten'"),
            (
                "expand_tasks=True",
                "Could not parse request object: Expected boolean for parameter 'expand_tasks', found 'True'"
            ),
            ("page_token=CAEQ97q7kfwxIL7F6NfD-wQ%3D", "Invalid page_token."),
            ("page_token=x&offset=1", "Invalid page_token."),
            ("offset=-1", "Invalid offset -1 - it has to be at least 0."),
            ("nam=x", "Could not parse request object: unknown parameter 'nam'"),
            ("limit=1&limit=2", "Could not parse request object: parameter 'limit' occurs more than once"),
            ("name=%zz", "Could not parse request object: the query is not percent-encoded correctly"),
        ])
    func refuses(_ query: String, _ message: String) async throws {
        try await withClient { client in
            let answer = try await client.jobs("list?\(query)")
            #expect(answer.status == 400)
            #expect(try answer.json["message"]?.text == message)
        }
    }

    @Test("Binds a page token to its query (D-128)")
    func tokenOfAnotherQuery() async throws {
        try await withClient { client in
            let first = try await client.jobs("list?limit=3&expand_tasks=true").json
            let text = try token(first, "next_page_token")
            #expect(try await client.jobs("list?limit=3&page_token=\(text)").status == 400)
            #expect(try await client.jobs("list?limit=9&expand_tasks=true&page_token=\(text)").status == 200)
        }
    }

    @Test("Still takes the deprecated offset (D-31)")
    func offset() async throws {
        try await withClient { client in
            let all = try await client.jobs("list?limit=5").json["jobs"]?.list ?? []
            let rest = try await client.jobs("list?limit=3&offset=2").json["jobs"]?.list ?? []
            #expect(rest == Array(all.dropFirst(2)))
            #expect(try await client.jobs("list?offset=4000").json["jobs"] == nil)
        }
    }
}

/// A page token out of an answer, encoded for a query.
func token(_ answer: JSONValue, _ name: String) throws -> String {
    SandboxClient.encoded(try #require(answer[name]?.text))
}

/// Follows `next_page_token` to the end of a list.
func allPages(
    _ client: SandboxClient, _ path: String, _ name: String, version: String = "2.2", lengths: inout Set<Int>
) async throws -> [JSONValue] {
    var items: [JSONValue] = []
    var next = ""
    repeat {
        let page = try await client.jobs(path + next, version: version).json
        let list = page[name]?.list ?? []
        #expect(page[name] == nil || !list.isEmpty, "an empty list is left out (D-06)")
        lengths.insert(list.count)
        items += list
        next = page["next_page_token"] == nil ? "" : "&page_token=\(try token(page, "next_page_token"))"
        #expect(page["has_more"]?.flag == !next.isEmpty)
    } while !next.isEmpty
    return items
}

/// Follows `next_page_token` to the end of a list.
func allPages(
    _ client: SandboxClient, _ path: String, _ name: String, version: String = "2.2"
) async throws -> [JSONValue] {
    var lengths: Set<Int> = []
    return try await allPages(client, path, name, version: version, lengths: &lengths)
}
