internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct WithSandboxTests {
    @Test("Listens on a port of its own until the body ends")
    func scope() async throws {
        let url = try await withSandbox { sandbox in
            let answer = try await SandboxClient(sandbox: sandbox).get("/nothing")
            #expect(answer.status == 404)
            return sandbox.baseURL
        }
        let request = HTTPRequest(url: url, timeout: Patience.long, usesProxy: false)
        let error = await #expect(throws: TransportError.self) { try await CurlTransport().send(request) }
        #expect(error?.kind == .connect)
    }

    @Test("Gives the address of the proxy in front of it as its own")
    func publicURL() async throws {
        let proxy = "http://127.0.0.1:9"
        try await withSandbox(SandboxConfiguration(publicURL: proxy)) { sandbox in
            #expect(sandbox.baseURL == proxy)
            let token = try sandbox.token(TokenOrder(user: "alice"))
            #expect(try claims(of: token)["iss"]?.text == "\(proxy)/\(sandbox.tenantID)/v2.0")
        }
    }

    @Test("Names a port that is in use")
    func portInUse() async throws {
        try await withSandbox { sandbox in
            let port = try #require(sandbox.baseURL.split(separator: ":").last.flatMap { Int($0) })
            let error = await #expect(throws: SandboxError.self) {
                try await withSandbox(SandboxConfiguration(port: port)) { _ in }
            }
            #expect(error?.description.hasPrefix("Port \(port) on 127.0.0.1 is in use.") == true)
        }
    }

    @Test("Listens on loopback only", arguments: ["0.0.0.0", "192.168.1.1", "example.com"])
    func loopbackOnly(_ host: String) async throws {
        let error = await #expect(throws: SandboxError.self) {
            try await withSandbox(SandboxConfiguration(host: host)) { _ in }
        }
        #expect(error?.description.contains("loopback only") == true)
    }

    @Test("Makes the same workspace from the same seed")
    func deterministic() async throws {
        var configuration = SandboxClient.exampleConfiguration
        let listing = { @Sendable (sandbox: Sandbox) in
            try await SandboxClient(sandbox: sandbox).jobs("list?limit=100").json["jobs"] ?? .null
        }
        let first = try await withSandbox(configuration, listing)
        let second = try await withSandbox(configuration, listing)
        #expect(first == second)
        configuration.seed = 7
        #expect(try await withSandbox(configuration, listing) != first)
    }
}
