/// A revision of the Model Context Protocol that this server speaks.
package enum ProtocolVersion: String, Sendable, CaseIterable {
    /// Stateless: version and client capabilities travel in every request.
    case july2026 = "2026-07-28"
    /// `initialize` handshake, preferred among those that have one.
    case november2025 = "2025-11-25"
    /// The first revision with a version header and structured output.
    case june2025 = "2025-06-18"
    /// No version header; the only revision with batches.
    case march2025 = "2025-03-26"
    /// Its messages only, treated as ``march2025`` and not advertised.
    case november2024 = "2024-11-05"

    /// What we offer, newest first.
    package static let advertised: [ProtocolVersion] = [.july2026, .november2025, .june2025, .march2025]

    /// Whether metadata travels per request; the others have the `initialize` handshake.
    package var isModern: Bool { self == .july2026 }

    /// What `initialize` answers to a client that asks for `requested` (L-02).
    static func negotiated(for requested: String) -> ProtocolVersion {
        guard let version = ProtocolVersion(rawValue: requested), !version.isModern else { return .november2025 }
        return version
    }
}

/// How a client conveys its version and capabilities, decided for each request on its own.
package enum Era: String, Sendable, CaseIterable {
    /// In the request itself, since 2026-07-28.
    case modern
    /// In an `initialize` handshake, before.
    case legacy
}

/// The methods that have an implementation, in one era or in both.
enum Method: String, CaseIterable {
    case callTool = "tools/call"
    case listTools = "tools/list"
    case discover = "server/discover"
    case initialize
    case ping

    /// Whether clients of `era` may use it; the other era has never heard of it (LAD-6, L-08).
    func exists(in era: Era) -> Bool {
        switch self {
        case .callTool, .listTools: true
        case .discover: era == .modern
        case .initialize, .ping: era == .legacy
        }
    }
}

/// The names of members of `params._meta` that the protocol reserves.
enum MetaKey {
    static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    static let clientInfo = "io.modelcontextprotocol/clientInfo"
    static let serverInfo = "io.modelcontextprotocol/serverInfo"
    static let traceparent = "traceparent"
    static let tracestate = "tracestate"
    static let progressToken = "progressToken"
    static let logLevel = "io.modelcontextprotocol/logLevel"
    /// Our own: the details of a failed call (K-12, TL-10).
    static let error = "databricks-jobs-mcp/error"
}
