/// How much a log message matters, least first (RFC 5424, as the protocol has it).
package enum ClientLogLevel: String, Sendable, CaseIterable, Comparable {
    /// For the people who wrote the tool.
    case debug
    /// For whoever follows the call.
    case info
    /// Normal, and worth knowing.
    case notice
    /// Something may go wrong.
    case warning
    /// Something went wrong.
    case error
    /// A part does not work.
    case critical
    /// Somebody must act now.
    case alert
    /// Nothing works.
    case emergency

    /// Whether `lhs` matters less.
    package static func < (lhs: ClientLogLevel, rhs: ClientLogLevel) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Where a tool writes messages for the client, which gets them if it asked for their level in its request (MOD-08).
package struct ClientLog: Sendable {
    private let deliver: (@Sendable (ClientLogLevel, String) -> Void)?

    /// For calls whose client asked for nothing.
    package static let none = ClientLog(nil)

    init(_ deliver: (@Sendable (ClientLogLevel, String) -> Void)?) { self.deliver = deliver }

    /// Sends `text` unless the client wants more important messages only; returns at once.
    package func write(_ level: ClientLogLevel, _ text: String) { deliver?(level, text) }
}
