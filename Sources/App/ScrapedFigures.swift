internal import Auth
internal import Jobs
internal import Observability

extension MetricsRegistry {
    /// Has the state of the server's parts looked up whenever somebody reads the metrics.
    ///
    /// - Parameters:
    ///   - keys: The signing keys: their number in all, and the age of the set that is the oldest.
    ///   - credential: The server's own.
    ///   - health: What `/readyz` answers.
    func observe(keys: [JWKSCache], credential: CredentialCheck, health: HealthEndpoint) {
        observe([MetricNames.jwksKeys, MetricNames.jwksAge]) {
            let ages = keys.map(\.age)
            let oldest = ages.contains(nil) ? nil : ages.compactMap(\.self).max()
            return [Double(keys.map(\.keyCount).reduce(0, +)), oldest.map { $0 / .seconds(1) }]
        }
        observe([MetricNames.serverCredentialReady, MetricNames.serverReady]) {
            [credential.isReady ? 1 : 0, health.obstacle() == nil ? 1 : 0]
        }
        observe([MetricNames.serverCredentialExpiry]) { [credential.expiry.map(Double.init)] }
        observe(ProcessFigures.names, read: ProcessFigures.read)
    }

    /// Has it looked up how many calls to the workspace there are, and what they wait for.
    func observe(_ client: DatabricksClient) {
        let names = [
            MetricNames.databricksCallsInProgress, MetricNames.databricksCallsWaiting,
            MetricNames.databricksCallsPausing, MetricNames.databricksUserPauses, MetricNames.databricksSharedPauses,
        ]
        observe(names) {
            let load = client.load
            return [load.calls, load.waiting, load.pausing, load.userPauses, load.sharedPauses].map { Double($0) }
        }
    }
}
