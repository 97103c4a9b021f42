internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct FaultTests {
    /// Calls `jobs/list` on a connection of its own: libcurl repeats a request by itself when a used one breaks.
    private func list(_ client: SandboxClient, token: String) async throws -> HTTPResponse {
        try await SandboxClient(sandbox: client.sandbox)
            .get("/api/2.2/jobs/list?limit=1", headers: ["Authorization": "Bearer \(token)"])
    }

    @Test("Spares the first requests, then fails a number of them")
    func counts() async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            client.sandbox.addFault(
                Fault(
                    route: "jobs/list", status: 429, body: "{}", headers: [("Retry-After", "3")], count: 2, skip: 1))
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await list(client, token: token).status) }
            #expect(statuses == [200, 429, 429, 200])
            let records = client.sandbox.requests(to: "jobs/list")
            #expect(records.map(\.status) == statuses)
            #expect(records.map { $0.flags == [.fault] } == [false, true, true, false])
        }
    }

    @Test("Fails one user's requests only")
    func perUser() async throws {
        try await withClient { client in
            client.sandbox.addFault(Fault(route: "workspace", user: "bob", status: 503))
            #expect(try await list(client, token: try await client.databricksToken(user: "bob")).status == 503)
            #expect(try await list(client, token: try await client.databricksToken()).status == 200)
            client.sandbox.addFault(Fault(route: "token", user: "alice", status: 500))
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"))
            #expect(try await client.tokenEndpoint(form).status == 500)
            _ = try await client.databricksToken(user: "guest")
        }
    }

    @Test(
        "Spoils the key document in every way of E-171",
        arguments: [
            (Fault(route: "keys", status: 500), 500), (Fault(route: "keys", status: 404), 404),
            (Fault(route: "keys", status: 302, headers: [("Location", "https://attacker.example/keys")]), 302),
            (FaultPreset.oversized.fault(route: "entra", now: 0), 200),
        ])
    func keyDocument(_ fault: Fault, _ status: Int) async throws {
        try await withClient { client in
            client.sandbox.addFault(fault)
            let answer = try await client.get("/\(SandboxIdentity.tenantID)/discovery/v2.0/keys")
            #expect(answer.status == status)
            #expect(status != 200 || answer.body.count > 1 << 20)
        }
    }

    @Test("Cuts the connection", arguments: [Fault.Cut.beforeHeaders, .afterHeaders, .midBody])
    func cuts(_ cut: Fault.Cut) async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            client.sandbox.addFault(Fault(route: "jobs/list", cut: cut))
            let error = await #expect(throws: TransportError.self) { try await list(client, token: token) }
            #expect(error?.kind == .cutOff)
            #expect(error?.requestWasSent == true)
            client.sandbox.removeFaults()
            #expect(try await list(client, token: token).status == 200)
        }
    }

    @Test("Loses the answer after the work is done (D-117, D-118)")
    func afterHandler() async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            client.sandbox.addFault(
                Fault(route: "jobs/run-now", count: 1, cut: .beforeHeaders, afterHandler: true))
            let body = Array(#"{"job_id": 183920475610382, "idempotency_token": "once"}"#.utf8)
            let headers: HeaderList = ["Authorization": "Bearer \(token)", "Content-Type": "application/json"]
            let fresh = SandboxClient(sandbox: client.sandbox)
            await #expect(throws: TransportError.self) {
                try await fresh.send(.post, "/api/2.2/jobs/run-now", headers: headers, body: body)
            }
            let started = try await client.jobs("runs/list?limit=1").json["runs"]?.list.first
            let again = try await client.send(.post, "/api/2.2/jobs/run-now", headers: headers, body: body).json
            #expect(again["run_id"] == started?["run_id"])
        }
    }

    @Test("Delays an answer and gives it all the same")
    func delays() async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            client.sandbox.addFault(Fault(route: "jobs/list", delayMilliseconds: 150))
            let start = ContinuousClock.now
            #expect(try await list(client, token: token).status == 200)
            #expect(ContinuousClock.now - start >= .milliseconds(150))
        }
    }

    @Test("Takes each part down and brings it back", arguments: SandboxService.allCases)
    func services(_ service: SandboxService) async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            client.sandbox.takeDown(service)
            for other in SandboxService.allCases {
                if other == service {
                    let error = await #expect(throws: TransportError.self) { try await probe(other, client, token) }
                    #expect(error?.kind == .cutOff)
                } else {
                    #expect(try await probe(other, client, token) == 200)
                }
            }
            client.sandbox.bringBack(service)
            #expect(try await probe(service, client, token) == 200)
        }
    }

    /// The status of a request to one part of the sandbox, on a connection of its own.
    private func probe(_ service: SandboxService, _ client: SandboxClient, _ token: String) async throws -> Int {
        let fresh = SandboxClient(sandbox: client.sandbox)
        return switch service {
        case .entra: try await fresh.get("/\(SandboxIdentity.tenantID)/discovery/v2.0/keys").status
        case .identity: try await fresh.instanceMetadata().status
        case .workspace: try await list(client, token: token).status
        }
    }

    @Test("Has the real services' failures ready", arguments: FaultPreset.allCases)
    func presets(_ preset: FaultPreset) async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            let body = #"{"route": "jobs/list", "preset": "\#(preset.rawValue)", "count": 1}"#
            #expect(try await client.control(.post, "faults", body).status == 200)
            let answer = try await list(client, token: token)
            switch preset {
            case .throttledSeconds: #expect(answer.headers["Retry-After"] == "1")
            case .throttledDate: #expect(answer.headers["Retry-After"]?.hasSuffix(" GMT") == true)
            case .addressBlocked: #expect(try answer.json["error_code"] == 403)
            case .privateLink: #expect(answer.headers["Location"]?.hasPrefix("/login.html?") == true)
            case .emptyBody: #expect(answer.body.isEmpty)
            case .truncatedJSON, .htmlWith200, .oversized, .refusalWith200: #expect(answer.status == 200)
            default: #expect(answer.status >= 400)
            }
        }
    }
}
