internal import Foundation
internal import JSON
internal import NIOConcurrencyHelpers

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
    /// What the process wrote to standard error.
    package let log: LogCapture

    private let process: NIOLockedValueBox<Process>

    private init(baseURL: String, metricsURL: String, log: LogCapture, process: Process) {
        self.baseURL = baseURL
        self.metricsURL = metricsURL
        self.log = log
        self.process = NIOLockedValueBox(process)
    }

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
        let (process, log) = try launch(settings, way: way)
        let server = ServerProcess(
            baseURL: "http://127.0.0.1:\(port)", metricsURL: "http://127.0.0.1:\(metricsPort)", log: log,
            process: process)
        do {
            try await way.beforeListening()
            for listener in ["operations", "mcp"] {
                _ = try await log.record("the \(listener) listener") {
                    $0["message"] == "listening" && $0["listener"] == .string(listener)
                }
            }
            let result = try await body(server)
            server.terminate()
            try LeakedSecret.check(await log.untilEnd(), secret: environment["AZURE_CLIENT_SECRET"])
            return result
        } catch {
            server.terminate()
            let text = await log.untilEnd().suffix(40).joined(separator: "\n")
            print("--- the server's last log lines\n\(text)\n---")
            throw error
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
        let (process, log) = try launch(environment, arguments: arguments)
        let lines = await log.untilEnd()
        process.waitUntilExit()
        return (process.terminationStatus, lines)
    }

    /// Sends SIGTERM; does not wait.
    package func terminate() {
        process.withLockedValue { if $0.isRunning { $0.terminate() } }
    }

    /// Sends a signal, such as SIGHUP; does not wait.
    package func signal(_ number: Int32) {
        process.withLockedValue { if $0.isRunning { kill($0.processIdentifier, number) } }
    }

    /// Whether the process has not ended yet.
    package var isRunning: Bool { process.withLockedValue { $0.isRunning } }

    /// Waits for the end and returns the exit status.
    package func exitStatus() async -> Int32 {
        _ = await log.untilEnd()
        return process.withLockedValue {
            $0.waitUntilExit()
            return $0.terminationStatus
        }
    }

    /// Memory the process holds, in KiB.
    package func residentKiB() throws -> Int {
        let id = process.withLockedValue { $0.processIdentifier }
        let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// The lines of `/proc/PID/limits`, proc(5).
    package func limits() throws -> [Substring] {
        let id = process.withLockedValue { $0.processIdentifier }
        return try String(contentsOfFile: "/proc/\(id)/limits", encoding: .utf8).split(separator: "\n")
    }

    private static func launch(
        _ environment: [String: String], arguments: [String] = [], way: Way = Way()
    ) throws -> (Process, LogCapture) {
        let process = Process()
        let binary = Bundle.main.bundleURL.appendingPathComponent("databricks-jobs-mcp")
        process.executableURL = way.wrapper.first.map { URL(filePath: $0) } ?? binary
        process.arguments = way.wrapper.isEmpty ? arguments : way.wrapper.dropFirst() + [binary.path()] + arguments
        process.environment = environment
        // No stray .env of the repository may reach the process.
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardInput =
            way.input.map { FileHandle(fileDescriptor: $0, closeOnDealloc: false) } ?? FileHandle.nullDevice
        let log = LogCapture()
        let reader = pipe.fileHandleForReading
        let lock = NIOLock()
        reader.readabilityHandler = { handle in
            lock.withLock {
                let data = handle.availableData
                if data.isEmpty { handle.readabilityHandler = nil } else { log.append(data) }
            }
        }
        // The end of the process is the end of its log. The pipe's may come later: a process that another test
        // started at the same moment can have inherited the other end.
        process.terminationHandler = { _ in
            lock.withLock {
                reader.readabilityHandler = nil
                while let data = unreadData(of: reader.fileDescriptor) { log.append(data) }
            }
            log.append(Data())
        }
        try ProcessLaunch.start(process)
        return (process, log)
    }

    /// What waits in the pipe, or `nil` when nothing does.
    private static func unreadData(of descriptor: Int32) -> Data? {
        var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&poller, 1, 0) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        return count > 0 ? Data(bytes[..<count]) : nil
    }

    /// A loopback port that was free a moment ago, and that no outgoing connection is given meanwhile.
    ///
    /// - Returns: A number below those that the kernel gives to connections (ip_local_port_range, 32768 and up).
    /// - Throws: When this machine has none.
    package static func freePort() throws -> Int {
        for port in (10_000..<32_768).shuffled() where isFree(port) { return port }
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
