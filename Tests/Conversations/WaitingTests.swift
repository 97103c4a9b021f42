internal import HTTPTransport
internal import JSON
internal import TestSupport
internal import Testing

/// Waiting as a client sees it that asked for progress: reports on the way, and the result at the end of one stream.
@Suite(.serialized, .patient) struct WaitingTests {
    @Test("get_run reports how far the run has come while it waits, and time that is over is no error (P-74, PRG-01)")
    func progress() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let runs = try await alice.call("list_runs", ["job_name": "Hourly sync", "outcome": "running"])
            let run = try #require(runs.structured?.value(at: "runs.0.run_id"))
            // Long enough that the first look, on a busy machine, cannot use it all up.
            let message: JSONValue = [
                "jsonrpc": "2.0", "id": 7, "method": "tools/call",
                "params": [
                    "name": "get_run", "arguments": ["run_id": run, "wait_seconds": 8],
                    "_meta": [
                        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                        "io.modelcontextprotocol/clientCapabilities": [:], "progressToken": "wait",
                    ],
                ],
            ]
            let answer = try await alice.post(
                message,
                headers: [
                    "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "get_run",
                ])

            let events = Self.events(String(decoding: answer.http.body, as: UTF8.self))
            let reports = events.filter { $0["method"] == "notifications/progress" }
            #expect(!reports.isEmpty)
            for report in reports {
                #expect(report["params"]?["progressToken"] == "wait")
                #expect(report["params"]?["message"]?.text?.hasSuffix(" is running; tasks: 1 running") == true)
            }
            let result = try #require(events.last?["result"])
            #expect(result["isError"] == false)
            #expect(result["structuredContent"]?["finished"] == false)
            #expect(result["structuredContent"]?["waited_seconds"] == 8)
        }
    }

    /// The messages of an event stream.
    private static func events(_ stream: String) -> [JSONValue] {
        stream.split(separator: "\n").filter { $0.hasPrefix("data:") }
            .compactMap { try? JSONValue.parse(String($0.dropFirst(5).drop { $0 == " " })) }
    }
}
