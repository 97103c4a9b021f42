internal import Foundation
internal import JSON

/// How a server process comes to be.
package struct Way: Sendable {
    /// A program with arguments that runs the server, whose path is added.
    package var wrapper: [String] = []
    /// The descriptor that becomes its standard input.
    package var input: CInt?
    /// The public port, if it is known already.
    package var port: Int?
    /// What makes it start, if starting the program alone does not.
    package var beforeListening: @Sendable () async throws -> Void = {}

    /// The server itself, on a port of its own.
    package init() {}
}

/// A running `databricks-jobs-mcp`, the real executable, with its log read as it is written.
package final class ServerProcess: Sendable {
    /// `http://127.0.0.1:PORT` of the public listener.
    package let baseURL: String
    /// `http://127.0.0.1:PORT` of the operators' listener.
    package let metricsURL: String
    private let process: ChildProcess

    private init(baseURL: String, metricsURL: String, process: ChildProcess) {
        self.baseURL = baseURL
        self.metricsURL = metricsURL
        self.process = process
    }

    /// What the process wrote to standard error.
    package var log: LogCapture { process.output }

    /// Starts the server, waits until it listens, runs `body`, and stops the server.
    ///
    /// - Parameters:
    ///   - environment: Settings besides host, ports and log format, which are chosen here.
    ///   - way: How the process comes to be.
    ///   - body: What to do while it runs.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or ``LogCapture/Missing`` when the server does not start.
    package static func withServer<R>(
        _ environment: [String: String], way: Way = Way(), _ body: (ServerProcess) async throws -> R
    ) async throws -> R {
        let port = try way.port ?? freePort()
        let metricsPort = try freePort()
        var settings = [
            "MCP_PORT": "\(port)", "MCP_BASE_URL": "http://127.0.0.1:\(port)", "METRICS_PORT": "\(metricsPort)",
            "LOG_FORMAT": "json", "LOG_LEVEL": "debug", "PATH": "/usr/bin:/bin",
        ]
        settings.merge(environment) { $1 }
        return try await ChildProcess.with(launch(settings, way: way)) { process in
            let server = ServerProcess(
                baseURL: "http://127.0.0.1:\(port)", metricsURL: "http://127.0.0.1:\(metricsPort)", process: process)
            do {
                try await way.beforeListening()
                for listener in ["operations", "mcp"] {
                    _ = try await server.log.record("the \(listener) listener") {
                        $0["message"] == "listening" && $0["listener"] == .string(listener)
                    }
                }
                let result = try await body(server)
                server.terminate()
                try LeakedSecret.check(await server.log.untilEnd(), secret: environment["AZURE_CLIENT_SECRET"])
                return result
            } catch {
                server.terminate()
                let text = await server.log.untilEnd().suffix(40).joined(separator: "\n")
                print("--- the server's last log lines\n\(text)\n---")
                throw error
            }
        }
    }

    /// A line of a server's log holds a token or the server's secret (E-152): every test with a server looks for that.
    package struct LeakedSecret: Error, CustomStringConvertible {
        /// Where, without repeating it.
        package let description: String

        static func check(_ lines: [String], secret: String?) throws {
            for (number, line) in lines.enumerated() {
                // The JSON of a JOSE header, and of claims, begins with `{"`, which base64url turns into `eyJ`.
                let holdsToken = line.firstRange(of: "eyJ").map { range in
                    line[range.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }.count >= 8
                }
                let holdsSecret = secret.map { !$0.isEmpty && line.contains($0) }
                guard holdsToken != true, holdsSecret != true else {
                    throw LeakedSecret(description: "line \(number + 1) of the server's log holds a token or secret")
                }
            }
        }
    }

    /// Runs the server until it ends by itself, as it does when it cannot start.
    ///
    /// - Returns: Its exit status and what it wrote to standard error.
    package static func run(
        _ environment: [String: String], arguments: [String] = []
    ) async throws -> (status: Int32, lines: [String]) {
        var environment = environment
        environment["PATH"] = "/usr/bin:/bin"
        return try await ChildProcess.with(launch(environment, arguments: arguments)) { process in
            (await process.exitStatus(), process.output.lines)
        }
    }

    /// Sends SIGTERM; does not wait.
    package func terminate() { process.terminate() }

    /// Sends a signal, such as SIGHUP; does not wait.
    package func signal(_ number: Int32) { process.signal(number) }

    /// Whether the process has not ended yet.
    package var isRunning: Bool { process.isRunning }

    /// Waits for the end and returns the exit status.
    package func exitStatus() async -> Int32 { await process.exitStatus() }

    /// Memory the process holds, in KiB.
    package func residentKiB() throws -> Int {
        let line = try figures("status").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// The lines of `/proc/PID/limits`, proc(5).
    package func limits() throws -> [Substring] { try figures("limits") }

    private func figures(_ file: String) throws -> [Substring] {
        guard let id = process.id else { throw POSIXError(.ESRCH) }
        return try String(contentsOfFile: "/proc/\(id)/\(file)", encoding: .utf8).split(separator: "\n")
    }

    private static func launch(
        _ environment: [String: String], arguments: [String] = [], way: Way = Way()
    ) -> ChildProcess.Launch {
        let server = ChildProcess.path(ofProduct: "databricks-jobs-mcp")
        var launch = ChildProcess.Launch(server, arguments)
        if let wrapper = way.wrapper.first {
            launch = ChildProcess.Launch(wrapper, way.wrapper.dropFirst() + [server] + arguments)
        }
        launch.environment = environment
        launch.input = way.input
        launch.kept = .errors
        return launch
    }

    /// A loopback port that was free a moment ago, and that neither an outgoing connection nor the acceptance run takes.
    ///
    /// - Returns: A number below those that the kernel gives to connections (ip_local_port_range, 32768 and up).
    /// - Throws: When this machine has none.
    package static func freePort() throws -> Int {
        for port in (20_000..<32_768).shuffled() where isFree(port) { return port }
        throw POSIXError(.EADDRNOTAVAIL)
    }

    private static func isFree(_ port: Int) -> Bool {
        // A process that another test starts at this moment must not inherit it, and hold the port as long as it lives.
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0
            }
        }
    }
}
