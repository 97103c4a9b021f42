package import HTTPTransport
internal import JSON
package import Sandbox

/// The real server, attached to a sandbox, and a transport to talk to both.
package struct Deployment: Sendable {
    /// The server.
    package let server: ServerProcess
    /// Its Entra ID and its workspace.
    package let sandbox: Sandbox
    /// For requests of the test's own.
    package let transport: CurlTransport

    /// The settings that attach a server to `sandbox`.
    package static func environment(for sandbox: Sandbox) -> [String: String] {
        [
            "AZURE_TENANT_ID": sandbox.tenantID, "AZURE_CLIENT_ID": sandbox.apiClientID,
            "AZURE_CLIENT_SECRET": sandbox.clientSecret, "AZURE_AUTHORITY_HOST": sandbox.baseURL,
            "DATABRICKS_HOST": sandbox.baseURL,
        ]
    }

    /// The On-Behalf-Of exchanges so far; at its start the server also asks once for a token of its own (E-73).
    package var exchanges: [RecordedRequest] {
        sandbox.requests(to: "token").filter { request in request.form.contains { $0.name == "assertion" } }
    }

    /// A client that calls as `user`, one of the sandbox's people.
    package func client(user: String) throws -> MCPTestClient {
        client(token: try sandbox.token(user: user))
    }

    /// A client that calls with this token, or with none.
    package func client(token: String?) -> MCPTestClient {
        MCPTestClient(baseURL: server.baseURL, token: token, transport: transport)
    }
}

/// Runs `body` with a server attached to a sandbox of its own.
///
/// - Parameters:
///   - settings: Settings of the server besides those that attach it.
///   - configuration: How the sandbox is set up.
///   - way: How the server comes to be.
///   - body: What to do.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
package func withDeployment<Value: Sendable>(
    _ settings: [String: String] = [:], sandbox configuration: SandboxConfiguration = SandboxConfiguration(),
    way: Way = Way(), _ body: @Sendable (Deployment) async throws -> Value
) async throws -> Value {
    try await withTransport { transport in
        try await withSandbox(configuration) { sandbox in
            let environment = Deployment.environment(for: sandbox).merging(settings) { $1 }
            return try await ServerProcess.withServer(environment, way: way) { server in
                try await waitUntilReady(server, transport)
                return try await body(Deployment(server: server, sandbox: sandbox, transport: transport))
            }
        }
    }
}

/// Runs `body` with a transport that is driven meanwhile.
///
/// - Parameter body: What to do.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
package func withTransport<Value: Sendable>(
    _ body: @Sendable (CurlTransport) async throws -> Value
) async throws -> Value {
    let transport = CurlTransport(TransportConfiguration(caFile: nil, maximumConnectionsPerHost: 200))
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await transport.run() }
        defer { group.cancelAll() }
        return try await body(transport)
    }
}

/// The server listens before its keys are loaded; its log says when they are.
private func waitUntilReady(_ server: ServerProcess, _ transport: CurlTransport) async throws {
    _ = try await server.log.record("the first load of the signing keys") { record in
        record["message"]?.text == "signing keys replaced"
    }
}
