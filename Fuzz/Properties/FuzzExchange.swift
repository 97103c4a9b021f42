internal import HTTPTypes

/// A request to the MCP endpoint, written as its parts: header lines, an empty line, the body.
///
/// The first line may be a method alone. An input without an empty line is a body, sent as clients send theirs.
struct FuzzExchange {
    private(set) var head = HTTPRequest(
        method: .post, scheme: "https", authority: "jobs-mcp.example.com", path: "/mcp")
    private(set) var body: [UInt8]

    init(_ input: [UInt8]) {
        guard let end = input.indices.first(where: { input[$0...].starts(with: [0x0A, 0x0A]) }) else {
            body = input
            add("Content-Type: application/json")
            add("Accept: application/json, text/event-stream")
            return
        }
        body = Array(input[(end + 2)...])
        for line in input[..<end].split(separator: 0x0A) { add(String(decoding: line, as: UTF8.self)) }
    }

    /// Adds a header as far as the HTTP layer would pass it on.
    private mutating func add(_ line: String) {
        guard let colon = line.firstIndex(of: ":") else {
            if let method = HTTPRequest.Method(line) { head.method = method }
            return
        }
        let value = String(line[line.index(after: colon)...].drop { $0 == " " })
        guard let name = HTTPField.Name(String(line[..<colon])), HTTPField.isValidValue(value) else { return }
        head.headerFields.append(HTTPField(name: name, value: value))
    }
}
