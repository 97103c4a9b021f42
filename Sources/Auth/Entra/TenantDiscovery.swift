internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability

/// Looks at the tenant's metadata in the background: whether the settings fit it (E-30), and, where this server
/// publishes it as its own, what it says now (E-137).
///
/// A contradiction makes the server not ready, since no token could be accepted; an unreachable document does not.
package final class TenantDiscovery: Sendable {
    private struct State {
        var contradictions: [String] = []
        var published: AuthorizationServerMetadata?
    }

    /// From one look to the next, once the settings were found right.
    static let interval: Duration = .seconds(3_600)
    /// The longest wait before looking again after a failure.
    static let longestBackoff: Duration = .seconds(60)

    private let check: DiscoveryCheck
    private let endpoints: EntraEndpoints
    private let issuer: PublicURL?
    private let time: TimeSource
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - check: The comparison.
    ///   - endpoints: The tenant.
    ///   - publishedIssuer: `MCP_BASE_URL` where the metadata is published as our own, else `nil`.
    ///   - time: The clocks.
    package init(
        check: DiscoveryCheck, endpoints: EntraEndpoints, publishedIssuer: PublicURL?, time: TimeSource = .system
    ) {
        self.check = check
        self.endpoints = endpoints
        issuer = publishedIssuer
        self.time = time
    }

    /// Why the server is not ready, in words for the operator, or `nil`.
    package var obstacle: String? {
        state.withLockedValue { $0.contradictions.isEmpty } ? nil : "the settings contradict Entra ID, see the log"
    }

    /// The document to publish; `nil` until Entra ID was reached.
    package var published: AuthorizationServerMetadata? { state.withLockedValue { $0.published } }

    /// Looks until the settings were found right, and from then on hourly, until the task is cancelled.
    package func run() async {
        var failures = 0
        while !Task.isCancelled {
            let isRight = await withBackgroundActivity("entra.discovery") { _ in await look() }
            failures = isRight ? 0 : failures + 1
            let wait = isRight ? Self.interval : min(.seconds(1 << min(failures - 1, 6)), Self.longestBackoff)
            // Throws when cancelled, which ends the loop.
            try? await time.sleep(time.jittered(wait, by: 0.05))
        }
    }

    /// - Returns: Whether Entra ID says what the settings say.
    private func look() async -> Bool {
        let report = await check.report()
        switch report.outcome {
        case .consistent:
            let published = issuer.flatMap { issuer in
                report.document.flatMap {
                    AuthorizationServerMetadata(
                        rewriting: $0, issuer: issuer, authority: endpoints.authority)
                }
            }
            state.withLockedValue {
                $0.contradictions = []
                $0.published = published ?? $0.published
            }
            Logger.current.debug("the settings fit Entra ID's metadata")
            return true
        case .contradiction(let contradictions):
            let isNews = state.withLockedValue { state in
                defer { state.contradictions = contradictions }
                return state.contradictions != contradictions
            }
            if isNews {
                Logger.current.error(
                    "the settings contradict Entra ID's metadata",
                    metadata: [
                        "entra.contradictions": "\(contradictions.joined(separator: "; "))",
                        "advice": "Compare AZURE_TENANT_ID and AZURE_AUTHORITY_HOST with the tenant's overview page.",
                    ])
            }
            return false
        case .unreachable(let reason):
            Logger.current.warning(
                "Entra ID's metadata could not be read",
                metadata: ["error.detail": "\(LogSafeText.clean(reason, limit: 256))"])
            return false
        }
    }
}
