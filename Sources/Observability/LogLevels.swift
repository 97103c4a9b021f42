package import Logging

/// How much is logged: one level for the server and, where an operator wants, another one for a part of it.
package struct LogLevels: Sendable, Equatable {
    /// A part of the server, by the name of its module in lower case; a closed list, so that a typing error is found.
    package enum Subsystem: String, Sendable, CaseIterable {
        /// Listeners, wiring, the access line.
        case app
        /// Tokens, keys, the server's own credential.
        case auth
        /// The tools and the calls to Databricks.
        case jobs
        /// The protocol.
        case mcp
        /// The listeners and their connections.
        case httpserver
        /// Logs and metrics themselves.
        case observability
        /// Outgoing requests.
        case httptransport
        /// Spans on their way to a collector.
        case telemetry
        /// What is not ours: the event loops, the service group.
        case libraries

        /// The subsystem of a record's source.
        fileprivate init(module: String) { self = Self.byModule[module] ?? .libraries }

        private static let byModule: [String: Subsystem] = [
            "App": .app, "Auth": .auth, "Jobs": .jobs, "MCP": .mcp, "HTTPServer": .httpserver,
            "Observability": .observability, "HTTPTransport": .httptransport, "Telemetry": .telemetry,
        ]
    }

    /// The level of every subsystem that has none of its own; libraries say nothing below `warning` even then.
    package var base: Logger.Level
    /// The levels of single subsystems.
    package var own: [Subsystem: Logger.Level]

    /// One level, and exceptions from it.
    package init(_ base: Logger.Level, own: [Subsystem: Logger.Level] = [:]) {
        self.base = base
        self.own = own
    }

    /// The least severe level that a subsystem logs.
    package func level(of subsystem: Subsystem) -> Logger.Level {
        // Their own progress reports would repeat ours or dump their parts.
        own[subsystem] ?? (subsystem == .libraries ? max(base, .warning) : base)
    }

    /// The least severe level that anything logs.
    package var minimum: Logger.Level { own.values.reduce(base, min) }

    /// Whether a record of this level, from the module `source`, is wanted.
    func allow(_ level: Logger.Level, from source: String) -> Bool {
        level >= self.level(of: Subsystem(module: source))
    }

    /// `info, auth=debug`, for the log.
    package var text: String {
        let exceptions = own.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            "\($0.key.rawValue)=\($0.value.rawValue)"
        }
        return ([base.rawValue] + exceptions).joined(separator: ", ")
    }
}
