internal import Foundation
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct ControlAPITests {
    @Test("Makes tokens to order (E-176)")
    func tokens() async throws {
        try await withClient { client in
            let order = """
                {"kind": "user", "user": "bob", "scopes": "jobs extra", "lifetime_seconds": 60,
                 "claims": {"name": null, "groups": ["g1"]}, "header": {"typ": "at+jwt"}}
                """
            let answer = try await client.control(.post, "tokens", order).json
            let token = try #require(answer["access_token"]?.text)
            let found = try claims(of: token)
            #expect(found["scp"] == "jobs extra")
            #expect(found["groups"] == ["g1"])
            #expect(found["name"] == nil)
            #expect(try #require(found["exp"]?.number) - (try #require(found["iat"]?.number)) == 60)
            #expect(try header(of: token)["typ"] == "at+jwt")
        }
    }

    @Test("Makes a Databricks token that the workspace accepts")
    func databricksToken() async throws {
        try await withClient { client in
            let answer = try await client.control(.post, "tokens", #"{"kind": "databricks", "user": "bob"}"#).json
            let token = try #require(answer["access_token"]?.text)
            let list = try await client.get("/api/2.2/jobs/list", headers: ["Authorization": "Bearer \(token)"])
            #expect(try list.json["jobs"]?.list.count == 6)
        }
    }

    @Test("Moves, sets and stops the clock")
    func clock() async throws {
        try await withClient { client in
            let set = try await client.control(.post, "clock", #"{"now": 1790000000, "frozen": true}"#).json
            #expect(set["now"] == 1_790_000_000)
            let moved = try await client.control(.post, "clock", #"{"advance_seconds": 1.5}"#).json
            #expect(moved["now_milliseconds"] == 1_790_000_001_500)
            #expect(try claims(of: client.sandbox.token(user: "alice"))["iat"] == 1_790_000_001)
            #expect(try await client.control(.get, "clock").json == moved)
        }
    }

    @Test("Sends a Date that is wrong by as much as asked (E-162)", arguments: [0, 120, -3600] as [Int64])
    func dateSkew(_ skew: Int64) async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            let body = #"{"date_skew_seconds": \#(skew)}"#
            #expect(try await client.control(.post, "clock", body).status == 200)
            let keys = try await client.get("/\(SandboxIdentity.tenantID)/discovery/v2.0/keys")
            let date = try #require(keys.headers["Date"])
            let format = DateFormatter()
            format.locale = Locale(identifier: "en_US_POSIX")
            format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
            format.timeZone = TimeZone(secondsFromGMT: 0)
            let parsed = try #require(format.date(from: date))
            let difference = parsed.timeIntervalSinceNow - Double(skew)
            #expect(abs(difference) < 30, "by the machine's clock, not the sandbox's")
        }
    }

    @Test("Sets how long tokens live")
    func tokenLifetime() async throws {
        try await withClient { client in
            #expect(try await client.control(.post, "entra", #"{"token_lifetime_seconds": 86400}"#).status == 200)
            let databricks = try claims(of: try await client.databricksToken())
            #expect(try #require(databricks["exp"]?.number) - (try #require(databricks["iat"]?.number)) == 86_400)
            #expect(try await client.control(.post, "entra", #"{"token_lifetime_seconds": null}"#).status == 200)
            try client.sandbox.script(user: "alice", ["variant:refresh-in"])
            let long = try claims(of: try await client.databricksToken())
            #expect(try #require(long["exp"]?.number) - (try #require(long["iat"]?.number)) == 86_399)
            let usual = try claims(of: try await client.databricksToken(user: "bob"))
            #expect(try #require(usual["exp"]?.number) - (try #require(usual["iat"]?.number)) <= 5400)
        }
    }

    @Test("Makes users and changes them")
    func users() async throws {
        try await withClient { client in
            let zoe = try await client.control(.post, "users", #"{"name": "zoe", "access": "none"}"#).json
            #expect(zoe["user_name"] == "zoe@contoso.example")
            #expect(try await client.jobs("list", user: "zoe").json == ["has_more": false])
            let jobs = #"{"jobs": {"183920475610382": "run"}}"#
            #expect(try await client.control(.post, "users/zoe", jobs).status == 200)
            #expect(try await client.jobs("list", user: "zoe").json["jobs"]?.list.count == 1)
            #expect(try await client.runNow(["job_id": 183_920_475_610_382], user: "zoe").status == 200)
            #expect(try await client.control(.post, "users/zoe", #"{"access": null}"#).status == 200)
            #expect(try await client.jobs("list", user: "zoe").status == 403)
            let scripted = try await client.control(.post, "users/zoe", #"{"script": ["50076", 503, "ok"]}"#)
            #expect(scripted.status == 200)
            let names = (try await client.control(.get, "users").json["users"]?.list ?? []).map { $0["name"]?.text }
            #expect(names == ["alice", "bob", "guest", "nora", "zoe"])
        }
    }

    @Test("Shows what was asked, without tokens and secrets (D-124)")
    func records() async throws {
        try await withClient { client in
            let assertion = try client.sandbox.token(user: "alice")
            let answer = try await client.tokenEndpoint(
                SandboxClient.onBehalfOf(assertion), headers: ["client-request-id": "not-a-guid"])
            let token = try #require(try answer.json["access_token"]?.text)
            _ = try await client.get(
                "/api/2.2/jobs/list?limit=1", headers: ["Authorization": "Bearer \(token)", "X-Request-ID": "r1"])
            let report = try await client.control(.get, "requests")
            let list = try report.json["requests"]?.list ?? []
            #expect(list.compactMap { $0["route"]?.text } == ["token", "jobs/list"])
            #expect(list.compactMap { $0["user"]?.text } == ["alice", "alice"])
            #expect(list.first?["form"]?["client_secret"]?.text?.hasPrefix("sha256:") == true)
            #expect(list.first?["form"]?["requested_token_use"] == "on_behalf_of")
            #expect(list.last?["headers"]?["X-Request-ID"] == "r1")
            #expect(list.last?["query"] == ["limit": "1"])
            #expect(list.last?["token"]?["assertion_uti"] == (try claims(of: assertion))["uti"])
            for secret in [assertion, token, SandboxIdentity.clientSecret] { #expect(!report.text.contains(secret)) }

            #expect(try await client.control(.get, "requests?route=jobs/list").json["count"] == 1)
            #expect(try await client.control(.get, "requests?after=1").json["count"] == 1)
            #expect(client.sandbox.requests.first?.header("CLIENT-REQUEST-ID") == "not-a-guid")
            client.sandbox.clearRequests()
            #expect(try await client.control(.get, "requests").json["count"] == 0)
        }
    }

    @Test("Puts everything back")
    func reset() async throws {
        try await withClient { client in
            try client.sandbox.script(user: "alice", ["50076"])
            client.sandbox.takeDown(.workspace)
            try client.sandbox.changeKeys(.rotate(isPublished: true))
            #expect(try await client.control(.post, "reset").status == 200)
            #expect(try await client.jobs("list").status == 200)
            #expect(client.sandbox.publishedKeyIDs == ["k-2026-a", "k-2026-b"])
        }
    }

    @Test("Changes keys, services and the workspace's switches")
    func switches() async throws {
        try await withClient { client in
            let keys = try await client.control(.post, "keys", #"{"action": "rotate", "published": false}"#).json
            #expect(keys["active"] == "k-2026-c")
            #expect(keys["keys"]?.list.last == ["kid": "k-2026-c", "published": false])
            let services = try await client.control(.post, "services", #"{"entra": "down"}"#).json
            #expect(services == ["entra": "down", "identity": "up", "workspace": "up"])
            let pace = #"{"run_seconds": 0.5, "short_pages": true}"#
            #expect(try await client.control(.post, "workspace", pace).status == 200)
        }
    }

    @Test(
        "Explains mistakes",
        arguments: [
            ("tokens", #"{"usr": "bob"}"#, "There is no member 'usr' here."), ("tokens", "{", "The body is not JSON"),
            ("tokens", #"{"user": "zoe"}"#, "There is no user 'zoe'."),
            ("tokens", #"{"flaw": "stale"}"#, "'flaw' cannot be 'stale'. Known: expired,"),
            ("users/zoe", "{}", "There is no user 'zoe'."),
            ("keys", #"{"action": "burn"}"#, "'action' cannot be 'burn'."),
            ("keys", #"{"action": "remove", "kid": "x"}"#, "There is no key 'x'."),
            ("faults", #"{"status": 500}"#, "'route' is missing."),
            ("faults", #"{"route": "jobs"}"#, "There is no route 'jobs'."),
            ("users/bob", #"{"script": "sulk"}"#, "'sulk' is no outcome that can be scripted."),
            ("services", #"{"entra": false}"#, "'entra' must be a string."),
            ("apps/x", "{}", "There is no application 'x'."),
        ])
    func mistakes(_ path: String, _ body: String, _ message: String) async throws {
        try await withClient { client in
            let answer = try await client.control(.post, path, body)
            #expect(answer.status == 400)
            #expect(try answer.json["error"]?.text?.hasPrefix(message) == true)
        }
    }

    @Test("Gives an overview")
    func overview() async throws {
        try await withClient { client in
            let overview = try await client.send(.get, "/_control").json
            #expect(overview["url"]?.text == client.sandbox.baseURL)
            #expect(overview["users"]?.list.count == 4)
            #expect(overview["requests"] == 0)
        }
    }

    @Test("Does not know other calls")
    func unknown() async throws {
        try await withClient { client in
            let answer = try await client.control(.post, "nothing", "{}")
            #expect(answer.status == 404)
        }
    }
}
