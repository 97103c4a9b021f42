internal import Foundation
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// SIGHUP: what is read again, and that nobody notices.
@Suite(.serialized, .patient) struct ReloadTests {
    /// A file that is written to as an operator would.
    private struct SettingsFile {
        let path = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)").path()

        func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }

        func remove() { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Sends the signal and waits for the line that tells what came of it; each has an identifier of its own.
    private static func reload(_ server: ServerProcess) async throws -> JSONValue {
        let known = Set(
            server.log.records.compactMap { $0["message"] == "reloaded" ? $0["correlation_id"]?.text : nil })
        server.signal(SIGHUP)
        return try await server.log.record("the reload") {
            $0["message"] == "reloaded" && !known.contains($0["correlation_id"]?.text ?? "")
        }
    }

    @Test("Levels change for all of the server and for single subsystems, and the service manager is told")
    func levels() async throws {
        let file = SettingsFile()
        defer { file.remove() }
        try file.write("LOG_LEVEL=info\n")
        let path = socketPath()
        let manager = try DatagramSocket(path: path)
        try await withDeployment(["SETTINGS_FILE": file.path, "LOG_LEVEL": "info", "NOTIFY_SOCKET": path]) {
            deployment in
            while try await manager.nextText() != "READY=1" {}
            let alice = try deployment.client(user: "alice")
            _ = try await alice.call("list_jobs")
            try file.write("LOG_LEVEL=warning\nLOG_LEVELS=jobs=debug\n")

            let line = try await Self.reload(deployment.server)

            #expect(line["level"] == "notice")
            #expect(line["log_levels"] == "warning, jobs=debug" && line["log_levels_before"] == "info")
            #expect(line["credential_reload"] == "nothing_to_read")
            var message = try await manager.nextText()
            while !message.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") { message = try await manager.nextText() }
            while message != "READY=1" { message = try await manager.nextText() }

            let id = try #require(try await alice.call("list_jobs").correlationID)
            _ = try await deployment.server.log.record("the call to Databricks at debug") {
                $0["message"] == "databricks request" && $0["correlation_id"] == .string(id)
            }
            #expect(
                !deployment.server.log.records.contains {
                    $0["message"] == "request answered" && $0["correlation_id"] == .string(id)
                })
        }
    }

    @Test("A malformed level changes nothing and is named; a file that is gone as well")
    func malformed() async throws {
        let file = SettingsFile()
        defer { file.remove() }
        try file.write("LOG_LEVEL=info\n")
        try await withDeployment(["SETTINGS_FILE": file.path, "LOG_LEVEL": "info"]) { deployment in
            try file.write("LOG_LEVEL=loud\nLOG_LEVELS=kitchen=debug\n")
            let line = try await Self.reload(deployment.server)
            #expect(line["log_levels"] == "info")
            let problems = deployment.server.log.records.filter {
                $0["message"] == "setting not reloaded; the former value stays in force"
            }
            #expect(problems.map { $0["setting_name"] } == ["LOG_LEVEL", "LOG_LEVELS"])
            #expect(problems.allSatisfy { $0["level"] == "error" })

            file.remove()
            _ = try await Self.reload(deployment.server)
            _ = try await deployment.server.log.record("the missing file") { $0["setting_name"] == "SETTINGS_FILE" }
            #expect(try await deployment.client(user: "alice").call("list_jobs").http.status == 200)
        }
    }

    @Test("A replaced secret is taken over at once")
    func secret() async throws {
        let file = SettingsFile()
        defer { file.remove() }
        try await withSandbox { sandbox in
            try file.write(sandbox.clientSecret)
            var environment = Deployment.environment(for: sandbox)
            environment["AZURE_CLIENT_SECRET"] = nil
            environment["AZURE_CLIENT_SECRET_FILE"] = file.path
            try await ServerProcess.withServer(environment) { server in
                #expect(try await Self.reload(server)["credential_reload"] == "unchanged")
                try file.write("another-secret-altogether")
                #expect(try await Self.reload(server)["credential_reload"] == "replaced")
                file.remove()
                #expect(try await Self.reload(server)["credential_reload"] == "unusable")
            }
        }
    }

    @Test("No request notices, however many signals come")
    func live() async throws {
        try await withDeployment(["LOG_LEVEL": "info"]) { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<40 {
                            let answer = try await deployment.client(token: token).call("list_jobs", ["limit": 1])
                            #expect(answer.http.status == 200 && !answer.isToolError)
                        }
                    }
                }
                for _ in 0..<20 { _ = try await Self.reload(deployment.server) }
                try await group.waitForAll()
            }
            #expect(deployment.server.isRunning)
        }
    }

    @Test("A signal that comes before anything is set up does not end the process")
    func early() async throws {
        try await withSandbox { sandbox in
            var way = Way()
            // The shell ignores nothing itself: the signals come from a child of it while the server starts.
            way.wrapper = [
                "/bin/sh", "-c",
                "(while kill -0 $$ 2>/dev/null && ! grep -q 'SigIgn:.*[13579bdf]$' /proc/$$/status; do :; done; "
                    + "i=0; while [ $i -lt 200 ]; do kill -HUP $$ 2>/dev/null; i=$((i + 1)); done) & exec \"$@\"",
                "sh",
            ]
            try await ServerProcess.withServer(Deployment.environment(for: sandbox), way: way) { server in
                #expect(server.isRunning)
            }
        }
    }
}
