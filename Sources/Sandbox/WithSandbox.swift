internal import Glibc
internal import HTTPServer
internal import HTTPSyntax
internal import Logging
internal import NIOCore

/// Why a sandbox does not start; the text is meant for a person.
package struct SandboxError: Error, CustomStringConvertible {
    /// One line that says what is wrong and what to do.
    package let description: String
}

/// Runs a sandbox for as long as `body` takes.
///
/// - Parameters:
///   - configuration: How the sandbox is set up.
///   - body: Gets the sandbox once it listens.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or ``SandboxError`` when the sandbox cannot start.
package func withSandbox<Value: Sendable>(
    _ configuration: SandboxConfiguration = SandboxConfiguration(),
    _ body: @Sendable (Sandbox) async throws -> Value
) async throws -> Value {
    let sandbox = try Sandbox(configuration)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        let (started, startedContinuation) = AsyncStream.makeStream(of: Void.self)
        group.addTask {
            defer { startedContinuation.finish() }
            try await sandbox.run { startedContinuation.yield() }
        }
        var hasStarted = false
        for await _ in started {
            hasStarted = true
            break
        }
        guard hasStarted else {
            try await group.next()
            throw SandboxError(description: "The sandbox stopped before it listened.")
        }
        defer { group.cancelAll() }
        return try await body(sandbox)
    }
}

extension Sandbox {
    /// Listens and answers until the task is cancelled.
    ///
    /// - Parameter onListening: Called once ``baseURL`` is known and connections are accepted.
    /// - Throws: ``SandboxError`` when the address is not a loopback one or cannot be listened on.
    func run(onListening: @escaping @Sendable () -> Void) async throws {
        let host = configuration.host
        // Others could hand out tokens and accept commands from the network.
        guard Authority.isLoopback(host) else {
            throw SandboxError(
                description: "The sandbox listens on loopback only (127.0.0.1, ::1, localhost), not on '\(host)'.")
        }
        var logger = Logger(label: "sandbox")
        logger.logLevel = .critical
        let responder = SandboxResponder(sandbox: self)
        let listener = HTTPListener(
            .address(host: host, port: configuration.port), logger: logger,
            onOpen: { channel in
                let port = channel.localAddress?.port ?? 0
                let address = "http://\(Authority(address: host, port: port))"
                self.setAddress(self.configuration.publicURL ?? address)
                onListening()
            },
            responder: { await responder.respond(to: $0) })
        do {
            try await listener.run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw SandboxError(
                description: "Port \(configuration.port) on \(host) is in use. Stop what listens there, or choose "
                    + "another port.")
        }
    }
}
