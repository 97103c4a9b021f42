internal import HTTPTypes
internal import JSON
internal import MCP
internal import Testing

/// One request to the dispatcher, put together from the parts that a test varies.
struct Exchange {
    static let accept = "application/json, text/event-stream"
    static let envelope: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
    ]

    var method = HTTPRequest.Method.post
    var headers: [(String, String)] = [("Content-Type", "application/json"), ("Accept", Exchange.accept)]
    var body: [UInt8]

    init(_ body: String, headers: [(String, String)] = []) {
        self.body = Array(body.utf8)
        self.headers += headers
    }

    /// A legacy request of a revision, or with no version header at all.
    static func legacy(_ body: String, version: String? = "2025-11-25") -> Exchange {
        Exchange(body, headers: version.map { [("MCP-Protocol-Version", $0)] } ?? [])
    }

    /// A modern request with its envelope and routing headers; `params` must not hold `_meta`.
    static func modern(_ method: String, id: JSONValue = 1, _ params: JSONObject = [:]) -> Exchange {
        var params = params
        params["_meta"] = envelope
        let body: JSONValue = ["jsonrpc": "2.0", "id": id, "method": .string(method), "params": .object(params)]
        var exchange = Exchange(
            body.description, headers: [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)])
        if case .string(let name)? = params["name"] { exchange.headers.append(("Mcp-Name", name)) }
        return exchange
    }

    /// The request without the header `name`.
    func without(_ name: String) -> Exchange {
        var exchange = self
        exchange.headers.removeAll { $0.0.lowercased() == name.lowercased() }
        return exchange
    }

    /// The request with one more header.
    func with(_ name: String, _ value: String) -> Exchange {
        var exchange = self
        exchange.headers.append((name, value))
        return exchange
    }

    /// The request with `name` set to `value` alone.
    func setting(_ name: String, _ value: String) -> Exchange { without(name).with(name, value) }

    func reply(
        from dispatcher: Dispatcher<String> = Fixture.dispatcher(), client: ClientPresence = ClientPresence()
    ) async throws -> MCPReply {
        var head = HTTPRequest(method: method, scheme: "https", authority: "jobs-mcp.example.com", path: "/mcp")
        for (name, value) in headers {
            head.headerFields.append(HTTPField(name: try #require(.init(name)), value: value))
        }
        return await dispatcher.respond(to: head, body: body, caller: "alice", client: client)
    }
}

extension MCPReply {
    var json: JSONValue? { try? JSONValue.parse(body, limits: .request) }
    var errorCode: JSONValue? { json?["error"]?["code"] }
    var errorData: JSONValue? { json?["error"]?["data"] }

    /// The text of the first content block.
    var text: String? {
        guard case .array(let blocks)? = json?["result"]?["content"], case .string(let text)? = blocks.first?["text"]
        else { return nil }
        return text
    }
}
