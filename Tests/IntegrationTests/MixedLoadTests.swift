internal import Foundation
internal import HTTPTransport
internal import JSON
internal import NIOConcurrencyHelpers
internal import Sandbox
internal import TestSupport
internal import Testing

/// Many calls of two users at a time, while Entra ID and the workspace misbehave (E-93, E-151).
@Suite(.serialized, .patient) struct MixedLoadTests {
    private static let batches = 10
    private static let callsPerBatch = 1_000
    private static let callers = 32

    @Test("10,000 calls of two users never cross, through faults of Entra ID and of Databricks (E-151)")
    func isolation() async throws {
        try await withDeployment(["LOG_LEVEL": "info"]) { deployment in
            var expected: [String: JSONValue] = [:]
            for user in ["alice", "bob"] {
                expected[user] = try await deployment.client(user: user).call("list_jobs", ["limit": 5]).structured
            }
            #expect(expected["alice"] != expected["bob"])
            let answers = expected
            for batch in 0..<Self.batches {
                try Self.misbehave(deployment.sandbox, batch)
                deployment.sandbox.clearRequests()
                let owners = try await Self.run(batch, deployment, answers)
                Self.check(deployment.sandbox.requests, owners)
                deployment.sandbox.removeFaults()
            }
        }
    }

    /// Each batch has sign-ins of its own, tokens that are revoked meanwhile, and faults on both sides.
    private static func misbehave(_ sandbox: Sandbox, _ batch: Int) throws {
        let scripts = [["503", "ok"], ["slow:40", "ok"], ["90033", "slow:20", "ok"], ["drop", "ok"], ["ok"]]
        try sandbox.script(user: "alice", scripts[batch % scripts.count])
        try sandbox.script(user: "bob", scripts[(batch + 2) % scripts.count])
        sandbox.addFault(Fault(route: "jobs/list", status: 503, count: 3, skip: 100))
        sandbox.addFault(Fault(route: "jobs/list", user: "bob", status: 401, count: 2, skip: 60))
        sandbox.addFault(Fault(route: "jobs/list", delayMilliseconds: 30, count: 20, skip: 200))
        if batch % 3 == 1 { sandbox.revokeDatabricksTokens() }
    }

    /// - Returns: Who made each call, by its correlation id.
    private static func run(
        _ batch: Int, _ deployment: Deployment, _ answers: [String: JSONValue]
    ) async throws -> [String: String] {
        let clients = try (0..<8).map { number in
            let user = number.isMultiple(of: 2) ? "alice" : "bob"
            return (user, try deployment.client(user: user))
        }
        let owners = NIOLockedValueBox<[String: String]>([:])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    for call in 0..<(callsPerBatch / callers) {
                        let (user, client) = clients[(caller + call) % clients.count]
                        let id = UUID().uuidString.lowercased()
                        owners.withLockedValue { $0[id] = user }
                        let answer = try await client.call(
                            "list_jobs", ["limit": 5], headers: ["X-Correlation-ID": id])
                        #expect(answer.http.status == 200)
                        // A fault may be read as an error; what is read is the caller's own.
                        if !answer.isToolError { #expect(answer.structured == answers[user]) }
                    }
                }
            }
            try await group.waitForAll()
        }
        return owners.withLockedValue { $0 }
    }

    /// The record proves it: every call reached the workspace with a token of the user who made it.
    private static func check(_ requests: [RecordedRequest], _ owners: [String: String]) {
        let calls = requests.filter { $0.route == "jobs/list" }
        #expect(calls.count >= owners.count * 9 / 10)
        for call in calls {
            guard let id = call.header("X-Request-ID"), let owner = owners[id] else {
                Issue.record("a call of nobody: \(call.headers)")
                continue
            }
            #expect(call.user == owner)
        }
        for request in requests { #expect(!request.flags.contains(.inboundTokenAtWorkspace)) }
    }

    @Test("While Entra ID is gone, no call of a user whose token is cached is lost (E-163)")
    func entraGone() async throws {
        try await withDeployment(["LOG_LEVEL": "info"]) { deployment in
            let clients = try ["alice", "bob"].map { try deployment.client(user: $0) }
            for client in clients { #expect(try await client.call("list_jobs", ["limit": 1]).isToolError == false) }
            deployment.sandbox.takeDown(.entra)
            deployment.sandbox.clearRequests()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<16 {
                    group.addTask {
                        for _ in 0..<40 {
                            let answer = try await clients[caller % 2].call("list_jobs", ["limit": 1])
                            #expect(answer.http.status == 200 && !answer.isToolError)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(deployment.sandbox.requests(to: "jobs/list").count == 640)
            #expect(deployment.sandbox.requests(to: "token").isEmpty)
        }
    }
}
