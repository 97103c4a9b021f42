internal import ArgumentParser
internal import HTTPTypes
internal import JSON
internal import MCP

/// `mcp-fixture-server measure`: what the protocol costs by itself, in memory and on one thread.
struct MeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Prints what classification and dispatch of a request cost; in a release build.")

    @Option(help: "How often each request is answered.")
    var count = 100_000

    func run() async throws {
        let dispatcher = Dispatcher(description: .fixtures, tools: Fixtures.all)
        let meta =
            #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#
        let rows: [(name: String, method: String, tool: String?, params: String)] = [
            ("tools/call", "tools/call", "test_simple_text", #""name":"test_simple_text","arguments":{},\#(meta)"#),
            (
                "tools/call, refused arguments", "tools/call", "test_structured",
                #""name":"test_structured","arguments":{"x":1},\#(meta)"#
            ),
            ("tools/list", "tools/list", nil, meta), ("server/discover", "server/discover", nil, meta),
        ]
        for row in rows {
            var head = HTTPRequest(method: .post, scheme: "http", authority: "127.0.0.1", path: "/mcp")
            head.headerFields = [.contentType: "application/json", .accept: "application/json, text/event-stream"]
            for (name, value) in [
                ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", row.method), ("Mcp-Name", row.tool ?? ""),
            ] {
                if let name = HTTPField.Name(name) { head.headerFields[name] = value }
            }
            let body = Array(#"{"jsonrpc":"2.0","id":1,"method":"\#(row.method)","params":{\#(row.params)}}"#.utf8)
            let start = ContinuousClock.now
            for _ in 0..<count { _ = await dispatcher.respond(to: head, body: body, caller: ()) }
            let elapsed = (ContinuousClock.now - start) / count
            print("\(row.name): \(Double(elapsed.components.attoseconds) / 1e12) us")
        }
    }
}
