internal import Foundation
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// Standard error is a pipe that nobody empties.
@Suite(.serialized, .patient) struct StuckLogTests {
    @Test("Requests are answered and the process ends in order although its log goes nowhere")
    func stuck() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stuck-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var way = Way()
        way.wrapper = [
            "/bin/sh", "-c",
            "cd \(folder.path()) && mkfifo log && { cat log >&2 & echo $! >reader; } && exec \"$@\" 2>log", "sh",
        ]
        try await withDeployment(["LOG_LEVEL": "trace", "LOG_LEVELS": "libraries=trace"], way: way) { deployment in
            let alice = try deployment.client(user: "alice")
            let text = try String(contentsOf: folder.appending(path: "reader"), encoding: .utf8)
            let reader = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            try #require(kill(reader, SIGSTOP) == 0)
            defer { kill(reader, SIGKILL) }

            // A pipe holds 64 KiB; a call logs more than 1 KiB.
            for _ in 0..<200 { #expect(try await alice.call("list_jobs", ["limit": 1]).http.status == 200) }
            deployment.server.terminate()

            #expect(await deployment.server.exitStatus() == 0)
        }
    }
}
