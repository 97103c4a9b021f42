internal import HTTPSyntax
internal import HTTPTransport
internal import HTTPTypes
internal import Jobs
internal import MCP
internal import Observability

/// Sends requests to this very server before each sign of life, so that systemd restarts one that no longer answers.
///
/// A request to `/healthz` goes through a worker, each time the next one, the network stack and the operators' listener,
/// which has a thread and connections of its own: a crowd at the public one is no reason for a restart. That the event
/// loops of the public one run is known without asking for a connection there. A `ping` goes through the protocol. None of it
/// needs anybody else to be well, so that an outage of Entra ID or Databricks restarts nothing, or leaves a trace above
/// `debug`.
struct LivenessProbe: Sendable {
    let transport: any HTTPSending
    let listeners: OpenListeners
    let dispatcher: Dispatcher<any WorkspaceTokenProviding>
    /// Of the public listener's event loops.
    let lag: EventLoopLag

    /// - Parameters:
    ///   - includesListener: Not while the server stops, when nothing is accepted any more.
    ///   - limit: Bound on the request.
    /// - Returns: Why the server is not alive, or `nil` when it is.
    func obstacle(includesListener: Bool, within limit: Duration) async -> String? {
        if await ping() == false { return "the protocol does not answer" }
        guard lag.longestWait < limit else { return "an event loop does not answer" }
        guard includesListener else { return nil }
        guard !listeners.addresses(of: "mcp").isEmpty else { return "there is no listener" }
        let own = listeners.addresses(of: "operations")
        let addresses = own.isEmpty ? listeners.addresses(of: "mcp") : own
        guard !addresses.isEmpty else { return "there is no listener" }
        for address in addresses {
            if let problem = await knock(at: address, within: limit) { return "\(address) \(problem)" }
        }
        return nil
    }

    private func knock(at address: OpenListeners.Address, within limit: Duration) async -> String? {
        // A connection of its own each time, so that accepting is part of what is asked.
        var request = HTTPTransport.HTTPRequest(
            url: address.healthURL, headers: ["Connection": "close"], timeout: limit, usesProxy: false)
        if case .path(let path) = address { request.unixSocketPath = path }
        do throws(TransportError) {
            let status = try await transport.send(request).status
            return status == 200 ? nil : "answers \(status)"
        } catch {
            return "does not answer: \(error)"
        }
    }

    private func ping() async -> Bool {
        var head = HTTPTypes.HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/mcp")
        head.headerFields = [
            .contentType: "application/json", .accept: "application/json, text/event-stream",
        ]
        let body = Array(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.utf8)
        return await dispatcher.respond(to: head, body: body, caller: Nobody()).status == .ok
    }
}

extension OpenListeners.Address {
    /// Where `/healthz` is; an address of all interfaces is asked for on loopback.
    fileprivate var healthURL: String {
        switch self {
        case .network(let host, let port): "http://\(Authority(address: host, port: port).onThisMachine)/healthz"
        case .path: "http://localhost/healthz"
        }
    }
}

/// A caller without rights, for a method that needs none.
private struct Nobody: WorkspaceTokenProviding {
    var identity: WorkspaceIdentity { .signedInUser }

    func require(_ access: JobsAccess) throws { throw CancellationError() }

    func workspaceToken(deadline: ContinuousClock.Instant) async throws -> WorkspaceToken { throw CancellationError() }

    func discardWorkspaceToken(_ token: WorkspaceToken) async {}
}
