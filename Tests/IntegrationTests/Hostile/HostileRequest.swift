internal import JSON

/// A request that is not what it should be, as it goes over the wire, and the answer it must get.
struct HostileRequest: Sendable {
    /// What an answer must be.
    enum Expectation: Sendable {
        /// A status with a JSON-RPC error of this code.
        case error(Int, Int64)
        /// A status whose body is no JSON-RPC.
        case status(Int)
        /// A result that reports a failure and names this.
        case toolError(String)
        /// A result that is none.
        case result
    }

    let family: String
    let name: String
    var method = "POST"
    var path = "/mcp"
    var host: String? = "127.0.0.1"
    /// `nil` sends the token of a user.
    var authorization: String?
    var fields: [(String, String)]
    var body: [UInt8]
    let expectation: Expectation

    static let json = [("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream")]

    /// A legacy request whose body is in question.
    static func body(_ family: String, _ name: String, _ bytes: [UInt8], _ expectation: Expectation) -> HostileRequest {
        HostileRequest(family: family, name: name, fields: json, body: bytes, expectation: expectation)
    }

    static func body(_ family: String, _ name: String, _ text: String, _ expectation: Expectation) -> HostileRequest {
        body(family, name, Array(text.utf8), expectation)
    }

    /// A sound `ping` with these header fields besides or in place of the usual ones.
    static func fields(
        _ family: String, _ name: String, _ fields: [(String, String)], body: String = ping, _ expectation: Expectation
    ) -> HostileRequest {
        let names = Set(fields.map { $0.0.lowercased() })
        return HostileRequest(
            family: family, name: name, fields: json.filter { !names.contains($0.0.lowercased()) } + fields,
            body: Array(body.utf8), expectation: expectation)
    }

    /// Bodies of one family, named by their own text, with one expectation.
    static func bodies(
        _ family: String, _ names: [String], _ expectation: Expectation, _ text: (String) -> String = { $0 }
    ) -> [HostileRequest] {
        names.map { HostileRequest.body(family, $0, text($0), expectation) }
    }

    /// Bodies of one family with names of their own and one expectation.
    static func bodies(
        _ family: String, _ expectation: Expectation, _ texts: KeyValuePairs<String, String>
    ) -> [HostileRequest] {
        texts.map { HostileRequest.body(family, $0.key, $0.value, expectation) }
    }

    /// Values of one header field of a sound `ping`, with one expectation.
    static func values(
        of field: String, _ family: String, _ values: [String], _ expectation: Expectation
    ) -> [HostileRequest] {
        values.map { HostileRequest.fields(family, $0, [(field, $0)], expectation) }
    }

    static let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#

    /// The bytes of the request.
    func bytes(token: String) -> [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\n"
        if let host { head += "Host: \(host)\r\n" }
        if authorization != "" { head += "Authorization: \(authorization ?? "Bearer \(token)")\r\n" }
        for (name, value) in fields { head += "\(name): \(value)\r\n" }
        head += "Content-Length: \(body.count)\r\n\r\n"
        return Array(head.utf8) + body
    }
}
