internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// A body that is not what it should be, and its answer.
struct HostileBody: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let status: Int
    let code: Int64

    init(_ description: String, _ text: String, _ status: Int, _ code: Int64) {
        self.init(description, bytes: Array(text.utf8), status, code)
    }

    init(_ description: String, bytes: [UInt8], _ status: Int, _ code: Int64) {
        testDescription = description
        self.bytes = bytes
        self.status = status
        self.code = code
    }

    static let all: [HostileBody] = [
        .init("empty", "", 400, -32700), .init("white space", " \r\n", 400, -32700),
        .init("truncated", #"{"jsonrpc":"2.0","id":"#, 400, -32700), .init("not JSON", "hello", 400, -32700),
        .init("byte-order mark", "\u{FEFF}{}", 400, -32700),
        .init("invalid UTF-8", bytes: Array(#"{"a":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8), 400, -32700),
        .init("a NUL byte", bytes: Array("{}".utf8) + [0], 400, -32700),
        .init("too deep", String(repeating: "[", count: 100) + String(repeating: "]", count: 100), 400, -32600),
        .init("a string", #""ping""#, 400, -32600), .init("a number", "1e999", 400, -32600),
        .init("empty batch", "[]", 400, -32600), .init("no method", #"{"jsonrpc":"2.0","id":1}"#, 400, -32600),
        .init("wrong version", #"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, 400, -32600),
        .init("null id", #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, 400, -32600),
        .init("object id", #"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, 400, -32600),
        .init("array params", #"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, 400, -32600),
        .init("duplicate method", #"{"jsonrpc":"2.0","id":1,"method":"ping","method":"x"}"#, 400, -32600),
        .init("method not text", #"{"jsonrpc":"2.0","id":1,"method":7}"#, 400, -32600),
    ]
}

/// Arguments that are not what they should be.
struct HostileCall: CustomTestStringConvertible, Sendable {
    let tool: String
    let arguments: JSONValue
    let named: String
    var testDescription: String { "\(tool) \(arguments)" }

    static let all: [HostileCall] = [
        .init(tool: "list_jobs", arguments: ["limit": 500, "colour": "red"], named: "colour"),
        .init(tool: "list_jobs", arguments: ["limit": "many"], named: "limit"),
        .init(tool: "list_jobs", arguments: ["limit": 0], named: "limit"),
        .init(tool: "list_jobs", arguments: ["name": 7], named: "name"),
        .init(tool: "list_runs", arguments: ["active_only": true, "completed_only": true], named: "completed_only"),
        .init(tool: "list_runs", arguments: ["job_id": -1], named: "job_id"),
        .init(tool: "get_run", arguments: [:], named: "run_id"),
        .init(tool: "get_run", arguments: ["run_id": 1.5], named: "run_id"),
        .init(tool: "get_run", arguments: ["run_id": "9223372036854775808"], named: "run_id"),
        .init(tool: "get_run_output", arguments: ["run_id": []], named: "run_id"),
        .init(tool: "run_now", arguments: ["job_id": 1, "job_parameters": ["a": ["b": 1]]], named: "job_parameters"),
        .init(
            tool: "run_now", arguments: ["job_id": 1, "idempotency_token": .string(String(repeating: "x", count: 65))],
            named: "idempotency_token"),
    ]
}

@Suite(.serialized, .patient) struct HostileInputTests {
    @Test("Garbage gets its documented code and harms nobody")
    func garbage() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            for body in HostileBody.all {
                let answer = try await alice.post(bytes: body.bytes)
                #expect(answer.http.status == body.status, "\(body.testDescription)")
                #expect(answer.json?["error"]?["code"]?.integer == body.code, "\(body.testDescription)")
            }
            #expect(try await alice.call("list_jobs").isToolError == false)
        }
    }

    @Test("Wrong arguments are tool errors that name the argument, and never reach Databricks (TC-07)")
    func arguments() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            for call in HostileCall.all {
                let answer = try await alice.call(call.tool, call.arguments)
                #expect(answer.http.status == 200, "\(call.testDescription)")
                #expect(answer.isToolError, "\(call.testDescription)")
                #expect(answer.text?.contains(call.named) == true, "\(call.testDescription): \(answer.text ?? "")")
            }
            for route in ["jobs/list", "jobs/runs/list", "jobs/runs/get", "jobs/runs/get-output", "jobs/run-now"] {
                #expect(deployment.sandbox.requests(to: route).isEmpty)
            }
        }
    }

    @Test("Unknown tools, methods, jobs and runs have an answer each")
    func unknown() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let tool = try await alice.call("delete_job")
            let method = try await alice.modern("prompts/list")
            let run = try await alice.call("get_run", ["run_id": 424242])
            let job = try await alice.call("run_now", ["job_id": 424242])

            #expect(tool.http.status == 200)
            #expect(tool.json?["error"]?["code"]?.integer == -32602)
            #expect(method.http.status == 404)
            #expect(method.json?["error"]?["code"]?.integer == -32601)
            for answer in [run, job] {
                #expect(answer.isToolError)
                let details = answer.result?["_meta"]?["databricks-jobs-mcp/error"]
                #expect(["not_found", "permission"].contains(details?["category"]?.text))
            }
        }
    }

    @Test("Method, media type, size, origin and host are checked in order (T-03, T-04, T-10, T-12, T-16)")
    func transportRules() async throws {
        try await withDeployment(["MCP_MAX_BODY_BYTES": "2048"]) { deployment in
            let alice = try deployment.client(user: "alice")
            let message: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "ping"]
            func status(_ headers: HeaderList) async throws -> Int {
                try await alice.post(message, headers: headers).http.status
            }

            let get = try await alice.get("/mcp")
            #expect(get.http.status == 405)
            #expect(get.http.headers["Allow"] == "POST")
            #expect(try await alice.get("/mcp/").http.status == 404)
            #expect(try await status(["Content-Type": "text/plain"]) == 415)
            #expect(try await status(["Accept": "text/html"]) == 406)
            #expect(try await status(["Origin": "https://evil.example"]) == 403)
            #expect(try await status(["Origin": deployment.server.baseURL]) == 200)
            #expect(try await status(["Host": "evil.example"]) == 421)
            let large = try await alice.post(bytes: Array(repeating: UInt8(ascii: " "), count: 4_096))
            #expect(large.http.status == 413)
            #expect(try await alice.call("list_jobs").http.status == 200)
        }
    }
}
