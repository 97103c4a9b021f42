internal import Foundation
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// One call as a client writes it, byte by byte.
struct RawCall {
    var era = "2026-07-28"
    var tool: String
    var arguments: JSONValue = [:]
    var token: String?
    var progressToken: JSONValue?
    var accept = "application/json, text/event-stream"

    var text: String {
        var meta: JSONObject = [:]
        if era == "2026-07-28" {
            meta["io.modelcontextprotocol/protocolVersion"] = .string(era)
            meta["io.modelcontextprotocol/clientCapabilities"] = [:]
        }
        if let progressToken { meta["progressToken"] = progressToken }
        let message: JSONValue = [
            "jsonrpc": "2.0", "id": "c-1", "method": "tools/call",
            "params": ["name": .string(tool), "arguments": arguments, "_meta": .object(meta)],
        ]
        let body = message.description
        return """
            POST /mcp HTTP/1.1\r
            Host: 127.0.0.1\r
            \(token.map { "Authorization: Bearer \($0)\r\n" } ?? "")Content-Type: application/json\r
            Accept: \(accept)\r
            MCP-Protocol-Version: \(era)\r
            Mcp-Method: tools/call\r
            Mcp-Name: \(tool)\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
    }
}

@Suite(.serialized, .patient) struct StreamingTests {
    private static func countdown(_ steps: Int64, every milliseconds: Int64, era: String = "2026-07-28") -> RawCall {
        RawCall(
            era: era, tool: "test_countdown",
            arguments: ["steps": .integer(steps), "milliseconds": .integer(milliseconds)],
            progressToken: "p")
    }

    @Test("Events pass nginx one by one as they happen, not at the end (T-06 to T-09)", arguments: [false, true])
    func unbuffered(viaNginx: Bool) async throws {
        try await withFixtureServer { endpoint, _ in
            let direct = String(endpoint.dropLast("/mcp".count))
            if viaNginx {
                try await withNginx(infrontOf: direct) { try await Self.expectEvents(at: $0) }
            } else {
                try await Self.expectEvents(at: direct)
            }
        }
    }

    private static func expectEvents(at url: String) async throws {
        try await withRawConnection(to: url) { connection in
            let start = ContinuousClock.now
            try await connection.send(countdown(3, every: 600).text)
            let head = RawResponse(headOf: try await connection.read(through: "\r\n\r\n"))
            #expect(head.status == 200 && head.headers["content-type"] == "text/event-stream")
            #expect(head.headers["cache-control"] == "no-cache, no-transform")
            #expect(head.headers["content-length"] == nil && head.headers["content-encoding"] == nil)
            var arrivals: [Duration] = []
            while let chunk = try await connection.chunk() {
                arrivals.append(ContinuousClock.now - start)
                #expect(chunk.hasPrefix("event: message\ndata: {") && chunk.hasSuffix("}\n\n"))
            }
            try #require(arrivals.count == 4)
            // Three steps of 600 ms each; events that were held back until the end would come together.
            #expect(arrivals[3] - arrivals[0] > .milliseconds(600))
            // The connection lives on.
            try await connection.send(RawCall(tool: "test_simple_text").text)
            #expect(try await connection.response().status == 200)
        }
    }

    @Test("A silent stream is kept alive by comments, through nginx as well (T-09)")
    func keepAlive() async throws {
        try await withFixtureServer(["--keep-alive-seconds", "0.25"]) { endpoint, _ in
            try await withNginx(infrontOf: String(endpoint.dropLast("/mcp".count))) { url in
                try await withRawConnection(to: url) { connection in
                    var call = Self.countdown(1, every: 2_000)
                    call.progressToken = nil
                    try await connection.send(call.text)
                    _ = try await connection.read(through: "\r\n\r\n")
                    var pieces: [String] = []
                    while let chunk = try await connection.chunk() { pieces.append(chunk) }
                    let comments = pieces.joined().components(separatedBy: ": keep-alive\n\n").count - 1
                    #expect(comments >= 2)
                    #expect(pieces.last?.contains(#""id":"c-1","result""#) == true)
                }
            }
        }
    }

    @Test("PRG-01 to PRG-04 in both eras, as the official suite asks", arguments: ["2026-07-28", "2025-11-25"])
    func progress(era: String) async throws {
        try await withFixtureServer { endpoint, _ in
            try await withRawConnection(to: endpoint) { connection in
                try await connection.send(RawCall(era: era, tool: "test_tool_with_progress", progressToken: 7).text)
                let response = try await connection.response()
                let messages = response.events
                #expect(messages.map { $0["params"]?["progress"] } == [0, 50, 100, nil])
                #expect(messages.prefix(3).allSatisfy { $0["params"]?["progressToken"] == 7 })
                #expect(messages.last?["id"] == "c-1")
            }
        }
    }

    @Test(
        "A client that hangs up ends the work at Databricks at once, in the modern era only (C-01, C-02)",
        arguments: ["2026-07-28", "2025-11-25"], [false, true])
    func hangUp(era: String, viaNginx: Bool) async throws {
        try await withDeployment { deployment in
            _ = try await deployment.client(user: "alice").call("list_jobs")
            // In the modern era nobody lives to see the workspace's answer: the call ends before it, or never.
            let delay: Int64 = era == "2026-07-28" ? 3_600_000 : 2_000
            _ = deployment.sandbox.addFault(
                Fault(route: "jobs/list", delayMilliseconds: delay, count: 1, afterHandler: true))
            let token = try deployment.sandbox.token(user: "alice")
            let call = RawCall(era: era, tool: "list_jobs", arguments: ["limit": 1], token: token)
            if viaNginx {
                try await withNginx(infrontOf: deployment.server.baseURL) {
                    try await Self.expectEnd(of: call, at: $0, deployment)
                }
            } else {
                try await Self.expectEnd(of: call, at: deployment.server.baseURL, deployment)
            }
        }
    }

    private static func expectEnd(of call: RawCall, at url: String, _ deployment: Deployment) async throws {
        let sandbox = deployment.sandbox
        try await withRawConnection(to: url) { connection in
            try await connection.send(call.text)
            while sandbox.requests(to: "jobs/list").count < 2 { await Task.yield() }
            try await connection.hangUp()
        }
        let isModern = call.era == "2026-07-28"
        let line = try await deployment.server.log.record("the end of the call") {
            $0["message"] == "request answered" && $0["mcp_tool"] == "list_jobs"
                && $0["mcp_version"] == .string(call.era) && ($0["mcp_outcome"] == "cancelled") == isModern
                && (isModern || $0["duration_ms"]?.double.map { $0 >= 2_000 } == true)
        }
        #expect(line["mcp_outcome"] == (isModern ? "cancelled" : "ok"))
    }

    @Test(
        "run_now is carried out though its client hangs up in the middle (C-03)",
        arguments: ["2026-07-28", "2025-11-25"])
    func runNow(era: String) async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let jobs = try await alice.call("list_jobs", ["name": "Nightly orders"])
            let job = try #require(jobs.structured?["jobs"]?.element(0)?["job_id"])
            _ = deployment.sandbox.addFault(
                Fault(route: "jobs/run-now", delayMilliseconds: 1_500, count: 1, afterHandler: true))
            let token = try deployment.sandbox.token(user: "alice")
            let call = RawCall(era: era, tool: "run_now", arguments: ["job_id": job], token: token)
            try await withRawConnection(to: deployment.server.baseURL) { connection in
                try await connection.send(call.text)
                while deployment.sandbox.requests(to: "jobs/run-now").isEmpty { await Task.yield() }
                try await connection.hangUp()
            }
            let line = try await deployment.server.log.record("the end of run_now") {
                $0["message"] == "request answered" && $0["mcp_tool"] == "run_now"
            }
            #expect(line["mcp_outcome"] == "ok", "the run was started, and the log says so")
        }
    }

    @Test("A wait for a run reports on the way, and ends with its client, through nginx (K-13, PRG-04, C-01)")
    func waiting() async throws {
        let pace = SandboxConfiguration(runPace: .seconds(3))
        try await withDeployment(sandbox: pace) { deployment in
            let alice = try deployment.client(user: "alice")
            let jobs = try await alice.call("list_jobs", ["name": "Nightly orders"])
            let job = try #require(jobs.structured?["jobs"]?.element(0)?["job_id"])
            let run = try #require(try await alice.call("run_now", ["job_id": job]).structured?["run_id"])
            let wait = RawCall(
                tool: "get_run", arguments: ["run_id": run, "wait_seconds": 30],
                token: try deployment.sandbox.token(user: "alice"), progressToken: "w")
            try await withNginx(infrontOf: deployment.server.baseURL) { url in
                let response = try await withRawConnection(to: url) { connection in
                    try await connection.send(wait.text)
                    return try await connection.response()
                }
                #expect(response.headers["content-type"] == "text/event-stream")
                let progress = response.events.compactMap { $0["params"]?["progress"] }
                #expect(!progress.isEmpty && response.events.count == progress.count + 1)
                #expect(response.events.last?["result"]?["structuredContent"]?["finished"] == true)

                // This one ends by its client, or not in this test.
                deployment.sandbox.setRunPace(.seconds(3_600))
                let again = try #require(try await alice.call("run_now", ["job_id": job]).structured?["run_id"])
                var given = wait
                given.arguments = ["run_id": again, "wait_seconds": 30]
                try await withRawConnection(to: url) { connection in
                    try await connection.send(given.text)
                    _ = try await connection.read(through: "event: message")
                    try await connection.hangUp()
                }
                let line = try await deployment.server.log.record("the end of the wait") {
                    $0["message"] == "request answered" && $0["mcp_outcome"] == "cancelled"
                }
                #expect(line["mcp_tool"] == "get_run")
            }
        }
    }

    @Test("On SIGTERM a stream goes on to its response, and then its connection ends (T-20)")
    func shutdown() async throws {
        try await withFixtureServer { endpoint, server in
            try await withRawConnection(to: endpoint) { connection in
                try await connection.send(Self.countdown(4, every: 300).text)
                _ = try await connection.read(through: "\r\n\r\n")
                let first = try await connection.chunk()
                #expect(first?.contains(#""progress":1,"#) == true)
                server.terminate()
                var pieces: [String] = []
                while let chunk = try await connection.chunk() { pieces.append(chunk) }
                #expect(pieces.count == 4 && pieces.last?.contains(#""id":"c-1","result""#) == true)
                #expect(await connection.rest().isEmpty, "the connection is closed")
            }
        }
    }
}

extension RawResponse {
    /// The messages of an event stream.
    var events: [JSONValue] {
        body.components(separatedBy: "\n\n").compactMap { event in
            guard let data = event.firstRange(of: "data: ") else { return nil }
            return try? JSONValue.parse(Array(event[data.upperBound...].utf8), limits: .upstream)
        }
    }
}
