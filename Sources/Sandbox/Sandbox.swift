internal import HTTPSyntax
internal import NIOConcurrencyHelpers
internal import OpenSSL

/// A running stand-in for Microsoft Entra ID and an Azure Databricks workspace, over real HTTP on one loopback port.
///
/// It accepts no more than the real services accept, records every request, and lets a test break what it likes.
/// The control API under `/_control` does over HTTP what the methods here do inside a process.
package final class Sandbox: Sendable {
    /// The clock that token and run times come from.
    package let clock: SandboxClock

    let configuration: SandboxConfiguration
    let entra: EntraStandIn
    let identity: IdentityStandIn
    let workspace: WorkspaceStandIn
    let faults = FaultBoard()
    let log = RequestLog()
    private let address = NIOLockedValueBox("")
    private let dateSkew = NIOLockedValueBox<Int64>(0)

    /// Sets up the directory and the workspace; nothing listens yet.
    init(_ configuration: SandboxConfiguration) throws(CryptoError) {
        self.configuration = configuration
        clock = SandboxClock(configuration.clock)
        entra = try EntraStandIn(clock: clock, configuration)
        identity = IdentityStandIn(clock: clock, entra: entra)
        workspace = WorkspaceStandIn(configuration: configuration, clock: clock)
    }

    /// `http://127.0.0.1:PORT`: the value of both `AZURE_AUTHORITY_HOST` and `DATABRICKS_HOST` (K-30).
    package var baseURL: String { address.withLockedValue { $0 } }

    /// The directory's id, `AZURE_TENANT_ID`.
    package var tenantID: String { SandboxIdentity.tenantID }

    /// The server's application, `AZURE_CLIENT_ID`.
    package var apiClientID: String { SandboxIdentity.apiClientID }

    /// The secret of the server's application, `AZURE_CLIENT_SECRET`.
    package var clientSecret: String { SandboxIdentity.clientSecret }

    /// The `Date` of an answer: the machine's time, whatever the sandbox's clock shows, and the skew.
    var date: String { HTTPDate.text(WallClock.seconds() + dateSkew.withLockedValue { $0 }) }

    /// Sets by how many seconds the `Date` of all answers is ahead of the machine's clock (E-162).
    package func setDateSkew(seconds: Int64) { dateSkew.withLockedValue { $0 = seconds } }

    /// Tells both halves where they are reached.
    func setAddress(_ baseURL: String) {
        address.withLockedValue { $0 = baseURL }
        entra.state.withLockedValue { $0.address = EntraAddress(baseURL: baseURL) }
        workspace.setURL(configuration.workspaceURL ?? baseURL)
    }

    /// Puts everything back to where it was at the start: users, keys in use, runs, faults, records.
    ///
    /// The clock keeps its time.
    package func reset() throws {
        let fresh = try EntraState(address: EntraAddress(baseURL: baseURL), configuration)
        entra.state.withLockedValue { $0 = fresh }
        identity.reset()
        workspace.reset()
        workspace.setURL(configuration.workspaceURL ?? baseURL)
        setDateSkew(seconds: 0)
        faults.removeAll()
        for service in SandboxService.allCases { faults.setDown(false, service) }
        log.removeAll()
    }
}
