internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// What a service manager is told, on a datagram socket in its place (Y-04).
@Suite(.serialized, .patient) struct ServiceManagerTests {
    /// What the manager hears, message after message.
    private static func message(_ manager: DatagramSocket, _ prefix: String) async throws -> String {
        while true {
            let text = try await manager.nextText()
            if text.hasPrefix(prefix) { return text }
        }
    }

    @Test("It is ready when it could serve, says how it is doing, gives signs of life, and says that it stops")
    func life() async throws {
        let path = socketPath()
        let manager = try DatagramSocket(path: path)
        try await withDeployment(["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"]) { deployment in
            #expect(try await Self.message(manager, "READY") == "READY=1")
            let ready = try await deployment.client(token: nil).get("/readyz")
            #expect(ready.http.status == 200)
            let port = try #require(deployment.server.baseURL.split(separator: ":").last)
            #expect(
                try await Self.message(manager, "STATUS=Ready on 127.0.0.1:\(port). Last minute: ").isEmpty == false)
            for _ in 0..<2 { #expect(try await Self.message(manager, "WATCHDOG") == "WATCHDOG=1") }

            _ = try await deployment.client(token: "x").modern("tools/list")
            let alice = try deployment.client(user: "alice")
            let answer = try await alice.call("get_run", ["run_id": 1])
            #expect(answer.isToolError)
            let id = try #require(answer.correlationID)
            var status = ""
            while !status.contains("1 failed") { status = try await Self.message(manager, "STATUS") }
            #expect(status.contains("2 requests, 1 refused, 1 failed; 0 in flight; last failure "))
            #expect(status.hasSuffix("Z get_run not_found (CORRELATION_ID=\(id))"))

            deployment.server.terminate()
            #expect(try await Self.message(manager, "STOPPING") == "STOPPING=1")
            #expect(try await Self.message(manager, "EXTEND_TIMEOUT_USEC") == "EXTEND_TIMEOUT_USEC=65000000")
            #expect(await deployment.server.exitStatus() == 0)
        }
    }

    @Test("What keeps it from being ready is said, and after the time of grace it counts as started")
    func grace() async throws {
        let path = socketPath()
        let manager = try DatagramSocket(path: path)
        try await withSandbox { sandbox in
            var environment = Deployment.environment(for: sandbox)
            environment["AZURE_AUTHORITY_HOST"] = "http://127.0.0.1:\(try ServerProcess.freePort())"
            environment["NOTIFY_SOCKET"] = path
            environment["MCP_READY_GRACE_SECONDS"] = "1"
            try await ServerProcess.withServer(environment) { server in
                #expect(
                    try await Self.message(manager, "STATUS=Starting: the signing")
                        == "STATUS=Starting: the signing keys of Entra ID could not be loaded yet")
                #expect(try await Self.message(manager, "READY") == "READY=1")
                #expect(
                    try await Self.message(manager, "STATUS=Not ready: the signing keys of Entra ID").isEmpty == false)
                let line = try await server.log.record(message: "counts as started although it is not ready")
                #expect(line["problem"] == "the signing keys of Entra ID could not be loaded yet")
            }
        }
    }

    @Test(
        "A process whose operators' listener does not answer gives no sign of life and says so; a crowd at the public one is nothing"
    )
    func crowded() async throws {
        let path = socketPath()
        let manager = try DatagramSocket(path: path)
        let settings = ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000", "MCP_MAX_CONNECTIONS": "8"]
        try await withDeployment(settings) { deployment in
            try await withConnections(10, to: deployment.server.baseURL) {
                _ = try await deployment.server.log.record(
                    message: "no further connection is accepted until one is closed")
                // Those that were given before it was full may still be there.
                for _ in 0..<8 { #expect(try await Self.message(manager, "WATCHDOG") == "WATCHDOG=1") }
            }
            // More than it takes at once, so that the question finds no place.
            try await withConnections(70, to: deployment.server.metricsURL) {
                let line = try await deployment.server.log.record(message: "no sign of life to the service manager")
                #expect(line["level"] == "error")
            }
            #expect(try await Self.message(manager, "WATCHDOG") == "WATCHDOG=1", "it recovers when there is room again")
        }
    }

    private func withConnections(_ count: Int, to url: String, _ body: () async throws -> Void) async throws {
        guard count > 0 else { return try await body() }
        try await withRawConnection(to: url) { _ in
            try await withConnections(count - 1, to: url, body)
        }
    }
}
