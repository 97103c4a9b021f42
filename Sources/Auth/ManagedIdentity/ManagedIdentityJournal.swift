internal import Logging
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability

/// Writes and counts how the platform answered; never a token, never the header (E-119).
final class ManagedIdentityJournal: Sendable {
    private let endpoint: ManagedIdentityEndpoint
    private let time: TimeSource
    private let failures = NIOLockedValueBox(BurstLimit<CredentialError.Problem>())
    private let outcomes: [String: Counter]

    init(endpoint: ManagedIdentityEndpoint, time: TimeSource) {
        self.endpoint = endpoint
        self.time = time
        let names = ["success"] + CredentialError.Problem.allCases.map(\.rawValue)
        outcomes = Dictionary(
            uniqueKeysWithValues: names.map {
                ($0, Counter(label: MetricNames.managedIdentityRequests, dimensions: [("outcome", $0)]))
            })
    }

    func succeeded(expiresIn seconds: Int64) {
        outcomes["success"]?.increment()
        Logger.current.info(
            "managed identity token obtained",
            metadata: ["identity.source": "\(endpoint.name)", "token.lifetime": "\(seconds)"])
    }

    func willRetry(_ error: CredentialError, after pause: Duration) {
        Logger.current.info("managed identity token will be asked for again", metadata: metadata(error, pause))
    }

    func failed(_ error: CredentialError, pause: Duration) {
        outcomes[error.problem.rawValue]?.increment()
        let admission = failures.withLockedValue { $0.admit(error.problem, at: time.now()) }
        guard case .log(let suppressed) = admission else { return }
        var metadata = metadata(error, pause)
        metadata["remedy"] = "\(error.remedy)"
        if suppressed > 0 { metadata["log.suppressed"] = "\(suppressed)" }
        let level: Logger.Level = error.failureClass == .configuration ? .error : .warning
        Logger.current.log(level: level, "managed identity token not obtained", metadata: metadata)
    }

    private func metadata(_ error: CredentialError, _ pause: Duration) -> Logger.Metadata {
        [
            "identity.source": "\(endpoint.name)", "problem": "\(error.problem.rawValue)",
            "error.detail": "\(error.detail)", "retry.after": "\(pause.logSeconds)",
        ]
    }
}
