internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// The order of the checks (R-06), and who is asked about whom in each call (H-03).
@Suite(.serialized, .patient) struct PipelineTests {
    /// A request that fails every check from some step on.
    private struct Step: Sendable {
        let name: String
        let expected: Int
        var headers: HeaderList = ["Content-Type": "text/plain", "Accept": "text/html"]
        var token: String?
        var isPost = true
        var path = "/mcp"
    }

    @Test("The first failing step answers, and nothing of the body matters before the token does (R-06, M-05, A-19)")
    func order() async throws {
        try await withDeployment { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            func fields(_ more: (String, String)...) -> HeaderList {
                var fields: HeaderList = ["Content-Type": "text/plain", "Accept": "text/html"]
                for (name, value) in more { fields.append(name, value) }
                return fields
            }
            let evil = ("Origin", "https://evil.example")
            let steps = [
                Step(name: "1 Origin", expected: 403, headers: fields(evil, ("Host", "evil.example"))),
                Step(name: "2 Host", expected: 421, headers: fields(("Host", "evil.example"))),
                Step(name: "3 path", expected: 404, headers: fields(evil), path: "/mcp/"),
                Step(name: "5 no token, GET", expected: 401, isPost: false), Step(name: "5 no token", expected: 401),
                Step(name: "5 bad token", expected: 401, token: "x.y.z"),
                Step(name: "6 method", expected: 405, token: token, isPost: false),
                Step(name: "8 type", expected: 415, token: token),
                Step(name: "9 accept", expected: 406, headers: ["Accept": "text/html"], token: token),
                Step(name: "10 body", expected: 400, headers: ["Accept": "*/*"], token: token),
            ]
            for step in steps {
                let client = deployment.client(token: step.token)
                let answer =
                    step.isPost && step.path == "/mcp"
                    ? try await client.post(bytes: Array("{".utf8), headers: step.headers)
                    : try await client.get(step.path, headers: step.headers)
                #expect(answer.http.status == step.expected, "\(step.name)")
            }
        }
    }

    @Test("The challenge names the same complete scope for every method and every token (A-18, A-22)")
    func challenge() async throws {
        try await withDeployment { deployment in
            let nobody = deployment.client(token: nil)
            let first = try await nobody.legacy("initialize").http.headers["WWW-Authenticate"]
            #expect(first?.contains(#"scope="api://\#(deployment.sandbox.apiClientID)/jobs""#) == true)
            for answer in [
                try await nobody.legacy("tools/list"), try await nobody.call("run_now"), try await nobody.get("/mcp"),
                try await nobody.modern("server/discover"), try await nobody.post(["jsonrpc": "2.0", "method": "x"]),
            ] {
                #expect(answer.http.status == 401 && answer.http.headers["WWW-Authenticate"] == first)
            }
        }
    }

    @Test("A run's id is no right to it: each call asks Databricks as its own caller (H-03, R-04)")
    func authorization() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let job = try #require(
                try await alice.call("list_jobs", ["name": "Nightly orders"]).structured?["jobs"]?.element(0)?["job_id"]
            )
            let run = try #require(try await alice.call("run_now", ["job_id": job]).structured?["run_id"])
            #expect(try await alice.call("get_run", ["run_id": run]).isToolError == false)
            let nora = try deployment.client(user: "nora")
            for tool in ["get_run", "get_run_output"] {
                #expect(try await nora.call(tool, ["run_id": run]).isToolError, "\(tool)")
            }
            let asked = deployment.sandbox.requests(to: "jobs/runs/get").map(\.user)
            #expect(asked.contains("alice"))
            #expect(asked.allSatisfy { $0 == "alice" || $0 == "nora" })
        }
    }

    @Test("Values of parameters reach Databricks as JSON data, whatever is in them (H-06)")
    func parameters() async throws {
        let values = [
            #"'; DROP TABLE jobs; --"#, "../../2.2/jobs/delete?job_id=1", "%2e%2e%2f", #"{"job_id":1}"#,
            "a\nb\r\nX-Evil: 1",
            "${jndi:ldap://evil}", "{{job.id}}", #"\u0000"#, "\"", "é😀\u{202E}",
        ]
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let job = try #require(
                try await alice.call("list_jobs", ["name": "Nightly orders"]).structured?["jobs"]?.element(0)?["job_id"]
            )
            for value in values {
                let answer = try await alice.call(
                    "run_now", ["job_id": job, "job_parameters": ["region": .string(value)]])
                #expect(!answer.isToolError, "\(value): \(answer.text ?? "")")
                let request = try #require(deployment.sandbox.requests(to: "jobs/run-now").last)
                let body = try JSONValue.parse(Array(request.body.utf8), limits: .upstream)
                #expect(body["job_parameters"]?["region"] == .string(value))
                #expect(request.path == "/api/2.2/jobs/run-now" && request.query.isEmpty)
                #expect(request.headers.allSatisfy { $0.name.lowercased() != "x-evil" })
            }
        }
    }

    @Test("Metrics and log name methods and tools of ours, and call all others _OTHER (O-03, O-04)")
    func labels() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            _ = try await alice.modern("evil/method")
            _ = try await alice.call("evil_tool")
            _ = try await alice.call("list_jobs", ["limit": 0])
            _ = try await alice.call("list_jobs")
            let client = MCPTestClient(
                baseURL: deployment.server.metricsURL, token: nil, transport: deployment.transport)
            let text = String(decoding: try await client.get("/metrics").http.body, as: UTF8.self)
            #expect(!text.contains("evil"))
            for part in [
                #"mcp_method_name="_OTHER""#, #"error_type="-32601""#, #"error_type="-32602""#,
                #"error_type="tool_error""#,
                #"gen_ai_tool_name="list_jobs""#, #"mcp_protocol_version="2026-07-28""#, #"le="0.01""#, #"le="300""#,
            ] { #expect(text.contains(part), "\(part)") }
        }
    }
}
