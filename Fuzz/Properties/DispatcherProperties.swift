internal import HTTPTypes
internal import JSON
internal import MCP
internal import Observability

/// What holds for every request: one reply of a known status, whose body is JSON-RPC or nothing.
enum DispatcherProperties {
    private static let dispatchers = [
        FuzzTools.dispatcher(text: .digest), FuzzTools.dispatcher(text: .json),
    ]

    static func check(_ input: [UInt8]) async throws(Violation) {
        let exchange = FuzzExchange(input)
        for dispatcher in dispatchers {
            let reply = await withRequestContext(RequestContext(correlationID: CorrelationID())) {
                await dispatcher.respond(to: exchange.head, body: exchange.body, caller: "alice")
            }
            try checkSummary(reply.summary)
            try checkHeaders(reply)
            try checkBody(reply, exchange.body)
        }
    }

    /// Everything in the access line is of a closed set or cleaned (H-04).
    private static func checkSummary(_ summary: MCPSummary) throws(Violation) {
        let methods = [
            "_OTHER", "_BATCH", "initialize", "ping", "tools/list", "tools/call", "server/discover",
            "notifications/initialized", "notifications/cancelled",
        ]
        try require(methods.contains(summary.method), "a summary's method is known: \(summary.method)")
        if let tool = summary.tool {
            try require(FuzzTools.names.contains(tool), "a summary's tool is ours: \(tool)")
        }
        for text in [summary.clientName, summary.clientVersion].compactMap({ $0 }) {
            try LogSafety.require(text, limit: 65, "what a client calls itself")
        }
        if let text = summary.failure?.operatorMessage { try LogSafety.require(text, "what the operator reads") }
    }

    private static func checkHeaders(_ reply: MCPReply) throws(Violation) {
        let statuses = [200, 202, 400, 404, 405, 406, 413, 415]
        try require(statuses.contains(reply.status.code), "a reply has a known status: \(reply.status)")
        try require(reply.headers[.xContentTypeOptions] == "nosniff", "T-05: a reply is not to be guessed at")
        try require(
            (reply.headers[.allow] == "POST") == (reply.status.code == 405), "T-16: what is allowed is said")
        for field in reply.headers {
            try require(HTTPField.isValidValue(field.value), "a header can be sent: \(field)")
        }
        try require(
            reply.body.isEmpty == [202, 405].contains(reply.status.code), "a body is there when it should be")
    }

    private static func checkBody(_ reply: MCPReply, _ request: [UInt8]) throws(Violation) {
        guard !reply.body.isEmpty else { return }
        let message = try message(reply)
        try require(!message.contains(0x0A) && !message.contains(0x0D), "J-10: a message is one line")
        // Our own answer must also be readable by the strictest of us.
        let body = try succeed("a body is strict JSON") { try JSONValue.parse(message, limits: .request) }
        let sent = try? JSONDocument(parsing: request, limits: .request).root
        guard case .array(let responses) = body else { return try checkResponse(body, sent) }
        try require(sent?.isArray == true, "only a batch is answered with an array")
        try require(!responses.isEmpty && responses.count <= (sent?.count ?? 0), "B-03: a response per request")
        for response in responses { try checkResponse(response, nil) }
    }

    /// The JSON of a reply; an event stream holds exactly one event (T-07).
    private static func message(_ reply: MCPReply) throws(Violation) -> [UInt8] {
        guard reply.headers[.contentType] == "text/event-stream" else {
            try require(reply.headers[.contentType] == "application/json", "a body is JSON or an event stream")
            return reply.body
        }
        try require(reply.status == .ok, "T-06: an event stream has status 200")
        let (start, end) = (Array("event: message\ndata: ".utf8), Array("\n\n".utf8))
        try require(reply.body.starts(with: start) && reply.body.suffix(2) == end[...], "T-07: there is one event")
        return Array(reply.body.dropFirst(start.count).dropLast(end.count))
    }

    private static func checkResponse(_ response: JSONValue, _ sent: JSONElement?) throws(Violation) {
        try require(response["jsonrpc"] == "2.0", "a response is JSON-RPC 2.0: \(response)")
        try require(
            (response["result"] == nil) != (response["error"] == nil), "a response is a result or an error: \(response)"
        )
        let id = try require(response["id"], "a response has an id: \(response)")
        if let asked = sent?["id"], sent?.isArray == false, id != .null {
            try require(id == JSONValue(asked), "J-02: the id is the request's: \(response)")
        }
        if let error = response["error"] {
            let codes: [JSONValue] = [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022]
            try require(codes.contains(error["code"] ?? .null), "an error has a known code: \(error)")
            guard case .string(let message)? = error["message"] else { throw Violation("an error has a message") }
            try LogSafety.require(message, "an error's message")
        } else {
            try require(id != .null, "J-05: a result belongs to a request: \(response)")
        }
        try require(!response.description.contains(FuzzTools.secret), "M-04: the cause of a bug is not told")
    }
}
