package import Foundation
package import Sandbox

/// Runs `body` with a server whose own credential comes from `settings`, attached to a sandbox of its own.
///
/// - Parameters:
///   - settings: Prepares the sandbox and the folder, and returns the settings besides those that attach the server;
///     none of these is a credential. Machine callers are not served, so only users' tokens are asked for.
///   - body: What to do; the keys are loaded, the credential may be missing.
/// - Throws: What `settings` or `body` throws.
package func withCredential(
    _ settings: @Sendable (Sandbox, URL) async throws -> [String: String],
    _ body: @Sendable (Deployment, URL) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        try await withTransport { transport in
            try await withSandbox { sandbox in
                var environment = Deployment.environment(for: sandbox)
                environment["AZURE_CLIENT_SECRET"] = nil
                environment["MCP_MACHINE_ACCESS"] = "false"
                environment.merge(try await settings(sandbox, folder)) { $1 }
                try await ServerProcess.withServer(environment) { server in
                    _ = try await server.log.record(message: "signing keys replaced")
                    try await body(Deployment(server: server, sandbox: sandbox, transport: transport), folder)
                }
            }
        }
    }
}
