internal import HTTPTransport
internal import Jobs
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

/// The order in which a workspace sees the calls of many users.
@Suite(.patient) struct TurnsTests {
    private static let users = (1...9).map { "user \($0)" }

    /// Waits until as many calls wait as a test has made.
    private static func waitUntil(_ count: Int, waitIn client: DatabricksClient) async {
        while client.load.waiting < count { await Task.yield() }
    }

    @Test("Nine users with many calls each do not shut out the tenth: it is called within a round")
    func tenth() async throws {
        try await withWorkspace { settings in
            (settings.calls.perWorkspace, settings.calls.perUser) = (1, 1)
            settings.calls.waiting = 9 * 12
        } _: { workspace in
            // The first call would last an hour; everybody else comes while it does.
            workspace.sandbox.addFault(Fault(route: "jobs/runs/list", delayMilliseconds: 3_600_000))
            workspace.sandbox.addFault(Fault(route: "jobs/list", delayMilliseconds: 2))
            try await withThrowingTaskGroup(of: Bool.self) { group in
                let first = Task { try await asUser("first") { try await workspace.call("list_runs") } }
                while workspace.client.load.calls == 0 { await Task.yield() }
                for (number, user) in Self.users.enumerated() {
                    for _ in 0..<12 {
                        group.addTask {
                            // Whoever loses a place to the tenth is told so.
                            do {
                                _ = try await asUser(user) { try await workspace.call("list_jobs") }
                                return true
                            } catch let error as DatabricksError where error.kind == .busy {
                                return false
                            }
                        }
                    }
                    await Self.waitUntil(12 * (number + 1), waitIn: workspace.client)
                }
                let context = RequestContext(correlationID: CorrelationID())
                context.note { $0.caller = CallerFacts(kind: "user", tenantID: "tenant", objectID: "the tenth") }
                group.addTask {
                    try await withRequestContext(context) { _ = try await workspace.call("list_jobs") }
                    return true
                }
                // One of the others was displaced for it.
                let displaced = try await group.next()
                #expect(displaced == false)
                first.cancel()
                let served = try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                #expect(served == 9 * 12)
                await #expect(throws: CancellationError.self) { _ = try await first.value }
                let order = workspace.sandbox.requests(to: "jobs/list")
                let place = order.firstIndex { $0.header("X-Request-ID") == context.correlationID.description }
                #expect(order.count == 9 * 12)
                #expect(try #require(place) <= 9, "after one of each of the nine")
            }
            #expect(workspace.client.load == DatabricksClient.Load())
        }
    }

    @Test("A slow user waits for their own calls only; the others go on beside them")
    func slowUser() async throws {
        try await withWorkspace { settings in
            (settings.calls.perWorkspace, settings.calls.perUser) = (3, 2)
        } _: { workspace in
            workspace.sandbox.addFault(Fault(route: "jobs/list", delayMilliseconds: 3_600_000))
            let slow = (0..<6).map { _ in
                Task { try await asUser("slow") { try await workspace.call("list_jobs") } }
            }
            await Self.waitUntil(4, waitIn: workspace.client)
            for user in Self.users { _ = try await asUser(user) { try await workspace.call("list_runs") } }
            #expect(workspace.client.load == DatabricksClient.Load(calls: 2, waiting: 4))
            for call in slow { call.cancel() }
            for call in slow { await #expect(throws: CancellationError.self) { _ = try await call.value } }
        }
    }
}
