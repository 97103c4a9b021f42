internal import JSON

/// An answer as a plain value, together with what shall go wrong while it is sent.
struct SandboxReply: Sendable {
    /// How much of the answer reaches the client.
    enum Fate: String, Sendable, CaseIterable {
        case whole
        /// The connection is closed without a byte.
        case cutBeforeHeaders = "before_headers"
        /// The connection is closed after the header section.
        case cutAfterHeaders = "after_headers"
        /// The connection is closed after half of the body.
        case cutMidBody = "mid_body"
    }

    var status: Int
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var fate = Fate.whole
    /// Time to wait before anything is sent.
    var delayMilliseconds: Int64 = 0

    /// An answer with a JSON body.
    static func json(_ status: Int = 200, _ value: JSONValue) -> SandboxReply {
        SandboxReply(
            status: status, headers: [("Content-Type", "application/json; charset=utf-8")], body: value.serialized)
    }

    /// An answer with a text body of any type.
    static func text(_ status: Int, _ text: String, type: String = "text/plain; charset=utf-8") -> SandboxReply {
        SandboxReply(status: status, headers: [("Content-Type", type)], body: Array(text.utf8))
    }

    /// No answer: the connection is closed without a byte.
    static let silence = SandboxReply(status: 0, fate: .cutBeforeHeaders)

    /// Sets a header field, in place of one of the same name.
    mutating func setHeader(_ name: String, _ value: String) {
        headers.removeAll { $0.name.lowercased() == name.lowercased() }
        headers.append((name, value))
    }

    /// The same answer with one more header field.
    func adding(_ name: String, _ value: String) -> SandboxReply {
        var copy = self
        copy.setHeader(name, value)
        return copy
    }
}
