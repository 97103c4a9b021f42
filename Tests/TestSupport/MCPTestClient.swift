package import HTTPTransport
package import JSON

/// Speaks MCP over real HTTP, one message a request, in either era.
package struct MCPTestClient: Sendable {
    /// `http://127.0.0.1:PORT` of the server.
    package let baseURL: String
    /// The bearer token, if any.
    package let token: String?
    private let transport: any HTTPSending

    /// Creates a client that sends `token` with every request.
    package init(baseURL: String, token: String?, transport: any HTTPSending) {
        self.baseURL = baseURL
        self.token = token
        self.transport = transport
    }

    /// An answer, with its body read as JSON when it is JSON.
    package struct Answer: Sendable {
        /// The HTTP answer.
        package let http: HTTPResponse
        /// The body.
        package let json: JSONValue?

        /// The `result` of a JSON-RPC response.
        package var result: JSONValue? { json?["result"] }
        /// Whether this is a tool result that reports a failure.
        package var isToolError: Bool { result?["isError"] == .bool(true) }
        /// The text of a tool result.
        package var text: String? { result?["content"]?.element(0)?["text"]?.text }
        /// The structured part of a tool result.
        package var structured: JSONValue? { result?["structuredContent"] }
        /// The correlation ID the server answered with.
        package var correlationID: String? { http.headers["X-Correlation-ID"] }
    }

    /// Sends `GET path`.
    package func get(_ path: String, headers: HeaderList = [:]) async throws -> Answer {
        try await send(.get, path, headers: headers, body: nil)
    }

    /// Sends one JSON-RPC request of a legacy revision.
    package func legacy(
        _ method: String, _ params: JSONValue = [:], version: String = "2025-11-25", headers: HeaderList = [:]
    ) async throws -> Answer {
        var headers = headers
        headers.append("MCP-Protocol-Version", version)
        let message: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": params]
        return try await post(message, headers: headers)
    }

    /// Calls a tool in the 2026-07-28 revision.
    package func call(
        _ tool: String, _ arguments: JSONValue = [:], headers: HeaderList = [:]
    ) async throws -> Answer {
        try await modern(
            "tools/call", ["name": .string(tool), "arguments": arguments], name: tool, headers: headers)
    }

    /// Sends one request of the 2026-07-28 revision with its whole envelope.
    package func modern(
        _ method: String, _ params: JSONValue = [:], name: String? = nil, headers: HeaderList = [:]
    ) async throws -> Answer {
        var headers = headers
        headers.append("MCP-Protocol-Version", "2026-07-28")
        headers.append("Mcp-Method", method)
        if let name { headers.append("Mcp-Name", name) }
        var members: [(String, JSONValue)] = [
            (
                "_meta",
                [
                    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientCapabilities": [:],
                    "io.modelcontextprotocol/clientInfo": ["name": "test-client", "version": "1.0"],
                ]
            )
        ]
        if case .object(let object) = params { members += object.members.map { ($0.name, $0.value) } }
        let message: JSONValue = [
            "jsonrpc": "2.0", "id": "q-1", "method": .string(method), "params": .object(JSONObject(members)),
        ]
        return try await post(message, headers: headers)
    }

    /// Posts any JSON to `/mcp`.
    package func post(_ message: JSONValue, headers: HeaderList = [:]) async throws -> Answer {
        try await post(bytes: message.serialized, headers: headers)
    }

    /// Posts any bytes to `/mcp`.
    package func post(bytes: [UInt8], headers: HeaderList = [:]) async throws -> Answer {
        var headers = headers
        if headers["Content-Type"] == nil { headers.append("Content-Type", "application/json") }
        if headers["Accept"] == nil { headers.append("Accept", "application/json, text/event-stream") }
        return try await send(.post, "/mcp", headers: headers, body: bytes)
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HeaderList, body: [UInt8]?
    ) async throws -> Answer {
        var headers = headers
        if let token { headers.append("Authorization", "Bearer \(token)") }
        let response = try await transport.send(
            HTTPRequest(
                method: method, url: baseURL + path, headers: headers, body: body, timeout: Patience.long,
                connectTimeout: Patience.long, maximumResponseBytes: 16 << 20))
        let document = try? JSONDocument(parsing: response.body, limits: .upstream)
        return Answer(http: response, json: document.map { JSONValue($0.root) })
    }
}

extension JSONValue {
    /// The text of a string.
    package var text: String? { if case .string(let text) = self { text } else { nil } }
    /// The value of an integer.
    package var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    /// The value of any number.
    package var double: Double? { if case .number(let number) = self { number } else { integer.map(Double.init) } }
    /// The elements of an array.
    package var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// One element of an array, `nil` beyond its end.
    package func element(_ position: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(position) else { return nil }
        return elements[position]
    }
}
