internal import Foundation
internal import HTTPTransport
internal import JSON
internal import NIOConcurrencyHelpers
internal import Sandbox
internal import TestSupport
internal import Testing

/// Sockets that the service manager opens (Y-03, Y-14).
@Suite(.serialized, .patient) struct SocketActivationTests {
    /// systemd-socket-activate empties the environment.
    private static let passedOn = [
        "MCP_PORT", "MCP_BASE_URL", "METRICS_PORT", "LOG_FORMAT", "LOG_LEVEL", "AZURE_TENANT_ID", "AZURE_CLIENT_ID",
        "AZURE_CLIENT_SECRET", "AZURE_AUTHORITY_HOST", "DATABRICKS_HOST",
    ]

    @Test(
        "Started by systemd-socket-activate, it serves on that socket, whatever the only one is called",
        arguments: [
            "mcp", nil,
        ])
    func activated(name: String?) async throws {
        let port = try ServerProcess.freePort()
        var way = Way()
        way.port = port
        way.wrapper =
            ["/usr/bin/systemd-socket-activate", "-l", "127.0.0.1:\(port)"] + (name.map { ["--fdname=\($0)"] } ?? [])
            + Self.passedOn.flatMap { ["-E", $0] }
        // It starts the server when somebody connects.
        way.beforeListening = { try await knock(at: "http://127.0.0.1:\(port)") }
        // A port that is taken shows that it is not the one that is listened on.
        try await withDeployment(["MCP_PORT": "1"], way: way) { deployment in
            let line = try await deployment.server.log.record("the public listener") { $0["listener"] == "mcp" }
            #expect(line["address"] == .string("127.0.0.1:\(port)"))
            #expect(line["listener_socket"] == "handed over")
            #expect(try await deployment.client(user: "alice").call("list_jobs").http.status == 200)
        }
    }

    @Test("A socket in the file system serves as well, and the signs of life go through it")
    func fileSystem() async throws {
        let (path, managerPath) = (socketPath(), socketPath())
        let manager = try DatagramSocket(path: managerPath)
        try await withTransport { transport in
            var request = HTTPRequest(url: "http://localhost/healthz", timeout: Patience.long, usesProxy: false)
            request.unixSocketPath = path
            let health = request
            var way = Way()
            way.wrapper =
                ["/usr/bin/systemd-socket-activate", "-l", path]
                + (Self.passedOn + ["NOTIFY_SOCKET", "WATCHDOG_USEC"]).flatMap { ["-E", $0] }
            way.beforeListening = {
                while (try? await transport.send(health)) == nil { await Task.yield() }
            }
            let settings = ["NOTIFY_SOCKET": managerPath, "WATCHDOG_USEC": "2000000"]
            try await withDeployment(settings, way: way) { deployment in
                #expect(try await transport.send(health).status == 200)
                while try await manager.nextText() != "READY=1" {}
                while try await manager.nextText() != "WATCHDOG=1" {}
                while try await manager.nextText() != "WATCHDOG=1" {}
                #expect(!deployment.server.log.records.contains { $0["level"] == "error" })
            }
        }
    }

    /// Asks again and again with several clients until `isOver`; every answer must be one.
    private static func ask(
        _ url: String, token: String, transport: CurlTransport, until isOver: NIOLockedValueBox<Bool>
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    var count = 0
                    let client = MCPTestClient(baseURL: url, token: token, transport: transport)
                    while !isOver.withLockedValue({ $0 }) {
                        let answer = try await client.legacy("ping")
                        #expect(answer.http.status == 200)
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
    }

    @Test("Restarts lose no request: what comes while nobody runs waits for the next process")
    func restarts() async throws {
        let socket = try HeldSocket()
        try await withTransport { transport in
            try await withSandbox { sandbox in
                let environment = Deployment.environment(for: sandbox).merging(["LOG_LEVEL": "info"]) { $1 }
                let token = try sandbox.token(user: "alice")
                let url = "http://127.0.0.1:\(socket.port)"
                let (isOver, done) = (NIOLockedValueBox(false), Signal())
                async let answered = Self.ask(url, token: token, transport: transport, until: isOver)
                for _ in 0..<4 {
                    try await ServerProcess.withServer(environment, way: socket.handedOver()) { server in
                        let client = MCPTestClient(baseURL: url, token: token, transport: transport)
                        for _ in 0..<20 { _ = try await client.legacy("ping") }
                        server.terminate()
                        #expect(await server.exitStatus() == 0)
                    }
                }
                isOver.withLockedValue { $0 = true }
                // Whoever waits in the socket's queue gets an answer too.
                async let last: Void = ServerProcess.withServer(environment, way: socket.handedOver()) { _ in
                    await done.wait()
                }
                #expect(try await answered > 100)
                done.fire()
                try await last
            }
        }
    }

    @Test("The last answers of a process say that their connection ends")
    func politeness() async throws {
        let socket = try HeldSocket()
        try await withDeployment(way: socket.handedOver(as: "databricks-jobs-mcp.socket")) { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            let call = RawCall(tool: "list_jobs", arguments: ["limit": 1], token: token).text
            try await withRawConnection(to: deployment.server.baseURL) { connection in
                // The field has whole seconds.
                let sent = Date(timeIntervalSinceNow: -1)
                try await connection.send(call)
                let first = try await connection.response()
                #expect(first.headers["connection"] == nil)
                // RFC 9110 section 5.6.7.
                let date = DateFormatter()
                date.locale = Locale(identifier: "en_US_POSIX")
                date.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
                let time = try #require(first.headers["date"].flatMap(date.date))
                #expect(time >= sent && time <= Date())
                deployment.server.terminate()
                _ = try await deployment.server.log.record("the stop") { $0["message"] == "stopping" }
                try await connection.send(call)
                let last = try await connection.response()
                #expect(last.status == 200 && last.headers["connection"] == "close")
                #expect(await connection.rest().isEmpty)
            }
            #expect(await deployment.server.exitStatus() == 0)
        }
    }
}

/// Connects once somebody listens there.
private func knock(at url: String) async throws {
    while true {
        do { return try await withRawConnection(to: url) { _ in } } catch { await Task.yield() }
    }
}
