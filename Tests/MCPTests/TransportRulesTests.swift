internal import HTTPTypes
internal import JSON
internal import MCP
internal import TestSupport
internal import Testing

/// Steps 6 to 9 of the pipeline, and what every answer carries.
@Suite(.patient) struct TransportRulesTests {
    private static let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#

    @Test(
        "Every method but POST is answered 405 (T-16)",
        arguments: ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "post"])
    func otherMethods(_ method: String) async throws {
        var exchange = Exchange("nonsense").without("Accept").without("Content-Type")
        exchange.method = try #require(HTTPRequest.Method(method))
        let reply = try await exchange.reply()
        #expect(reply.status == .methodNotAllowed && reply.body.isEmpty && reply.headers[.allow] == "POST")
        #expect(reply.headers[.cacheControl] == "no-store" && reply.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test(
        "Bodies are refused above the limit, before anything else is looked at (T-04)", arguments: [(0, 200), (1, 413)])
    func bodyLimit(_ excess: Int, _ status: Int) async throws {
        let padding = String(repeating: " ", count: 1_000 - Self.ping.utf8.count + excess)
        let dispatcher = Fixture.dispatcher(limits: MCPLimits(maximumBodyBytes: 1_000))
        #expect(try await Exchange(Self.ping + padding).reply(from: dispatcher).status.code == status)
        if status == 413 {
            let reply = try await Exchange(Self.ping + padding).without("Content-Type").reply(from: dispatcher)
            #expect(reply.status.code == status)
        }
    }

    @Test(
        "Content types (T-03)",
        arguments: [
            ("application/json", 200), ("Application/JSON", 200), ("application/json; charset=utf-8", 200),
            ("application/json;charset=\"UTF-8\"", 200), ("application/json; profile=x", 200),
            ("application/json;", 200),
            ("application/json; charset=iso-8859-1", 415), ("application/json; charset=utf-16", 415),
            ("text/plain", 415),
            ("application/jsonx", 415), ("application/vnd.api+json", 415), ("text/json", 415), ("", 415), ("*/*", 415),
            ("application/json, text/plain", 415), (";charset=utf-8", 415), ("application/json; charset=utf8", 200),
            ("application/json; charset=\"UTF8\"", 200), ("application/json; charset=utf-7", 415),
            ("application/json, application/json", 200), ("application/json,application/json; charset=utf-8", 200),
            ("application/json; x=\"a,b\"", 200), ("application/json,", 415),
        ])
    func contentType(_ value: String, _ status: Int) async throws {
        #expect(try await Exchange(Self.ping).setting("Content-Type", value).reply().status.code == status)
    }

    @Test("A missing content type is refused, as are two different ones, and any encoding; copies are one")
    func encoding() async throws {
        #expect(try await Exchange(Self.ping).without("Content-Type").reply().status == .unsupportedMediaType)
        #expect(
            try await Exchange(Self.ping).with("Content-Type", "text/plain").reply().status == .unsupportedMediaType)
        #expect(try await Exchange(Self.ping).with("Content-Encoding", "gzip").reply().status == .unsupportedMediaType)
        #expect(try await Exchange(Self.ping).with("Content-Encoding", "Identity").reply().status == .ok)
        #expect(try await Exchange(Self.ping).with("Content-Type", "application/json").reply().status == .ok)
        #expect(
            try await Exchange(Self.ping).with("Content-Encoding", "identity").with("Content-Encoding", "identity")
                .reply().status == .ok)
    }

    @Test(
        "Chooses JSON where it may, a stream of one event where it must (T-01, T-02)",
        arguments: [
            (nil, "application/json"), ("", "application/json"), ("*/*", "application/json"),
            ("application/*", "application/json"),
            ("application/json", "application/json"), ("application/json, text/event-stream", "application/json"),
            ("text/event-stream, application/json", "application/json"), ("APPLICATION/JSON", "application/json"),
            ("text/event-stream", "text/event-stream"), ("text/*", "text/event-stream"),
            ("text/event-stream;q=0.1", "text/event-stream"),
            ("application/json;q=0, text/event-stream", "text/event-stream"),
            ("application/json;q=0.0,*/*", "text/event-stream"),
            ("*/*, text/event-stream;q=0", "application/json"), ("application/json;q=0.001", "application/json"),
            ("text/html, application/json;version=1", "application/json"), ("text/html", nil), ("image/*", nil),
            ("*/*;q=0", nil),
            ("application/json;q=0, text/event-stream; q=0.000", nil), ("application/xml, text/plain", nil),
        ] as [(String?, String?)])
    func accept(_ accept: String?, _ type: String?) async throws {
        let exchange = accept.map { Exchange(Self.ping).setting("Accept", $0) } ?? Exchange(Self.ping).without("Accept")
        let reply = try await exchange.reply()
        #expect(reply.status == (type == nil ? .notAcceptable : .ok))
        #expect(reply.headers[.contentType] == type ?? "application/json")
    }

    @Test("Several Accept lines are one list")
    func acceptLines() async throws {
        let exchange = Exchange(Self.ping).setting("Accept", "text/html").with("Accept", "application/json")
        #expect(try await exchange.reply().status == .ok)
    }

    @Test("An event is one line of data and no id (T-07, T-08)")
    func event() async throws {
        let reply = try await Exchange(Self.ping).setting("Accept", "text/event-stream").reply()
        #expect(reply.body.elementsEqual("event: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n\n".utf8))
        #expect(reply.headers[.contentType] == "text/event-stream")
        #expect(reply.headers[.cacheControl] == "no-cache, no-transform")
        #expect(reply.headers[try #require(.init("X-Accel-Buffering"))] == "no")
    }

    @Test(
        "Refusals and batches stay JSON for clients that only take streams (B-05)",
        arguments: [
            ("{", 400), (#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, 202), ("[\(ping)]", 200),
        ])
    func noStream(_ body: String, _ status: Int) async throws {
        let reply = try await Exchange(body).setting("Accept", "text/event-stream").reply()
        #expect(reply.status.code == status)
        #expect(reply.headers[.contentType] == (reply.body.isEmpty ? nil : "application/json"))
    }

    @Test(
        "Checks come in the order of docs/requirements/protocol.md",
        arguments: [
            ("PUT", "text/plain", "text/html", "{", 405), ("POST", "text/plain", "text/html", "{", 415),
            ("POST", "application/json", "text/html", "{", 406), ("POST", "application/json", "*/*", "{", 400),
        ])
    func order(_ method: String, _ contentType: String, _ accept: String, _ body: String, _ status: Int) async throws {
        var exchange = Exchange(body).setting("Content-Type", contentType).setting("Accept", accept)
        exchange.method = try #require(HTTPRequest.Method(method))
        #expect(try await exchange.reply().status.code == status)
    }

    @Test("No message ever holds a line break (J-10)")
    func noLineBreaks() async throws {
        for exchange in MatrixCell.all.map(\.exchange) + [.modern("server/discover"), .modern("tools/list")] {
            #expect(try await exchange.reply().body.contains(UInt8(ascii: "\n")) == false)
        }
    }
}
