internal import ArgumentParser
internal import Glibc
internal import HTTPServer
internal import Logging
internal import MCP
internal import NIOCore
internal import ServiceLifecycle
internal import UnixSignals

/// `mcp-fixture-server serve`, the default.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Prints its URL and serves until it is stopped.")

    @Option(help: "The port on 127.0.0.1; 0 takes any free one.")
    var port = 0

    @Option(help: "Seconds of silence after which a stream sends a comment.")
    var keepAliveSeconds = 15.0

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("The port must be between 0 and 65535.") }
        guard (0.25...60).contains(keepAliveSeconds) else {
            throw ValidationError("The silence must be between 0.25 and 60 seconds.")
        }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        // The suites look at every report, however close together; the product sends two a second (PRG-03).
        let streams = StreamIntervals(progress: .zero, keepAlive: .milliseconds(Int64(keepAliveSeconds * 1_000)))
        let dispatcher = Dispatcher(
            description: .fixtures, tools: Fixtures.all, limits: MCPLimits(streams: streams))
        var logger = Logger(label: "mcp-fixture-server")
        logger.logLevel = .warning
        let endpoint = try FixtureEndpoint(dispatcher: dispatcher)
        let listener = HTTPListener(
            .address(host: "127.0.0.1", port: port), logger: logger,
            onOpen: { channel in
                print("http://127.0.0.1:\(channel.localAddress?.port ?? 0)/mcp")
                // Whoever started the process may read its output through a pipe.
                fflush(nil)
            },
            responder: { await endpoint.respond(to: $0) })
        let services = ServiceGroup(
            services: [listener], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await dispatcher.calls.run() }
            try await services.run()
            group.cancelAll()
        }
    }
}
