internal import NIOConcurrencyHelpers

// Faults, outages and records, for tests in the same process.

extension Sandbox {
    /// Arms a fault behind those that are armed already.
    ///
    /// - Returns: The number by which ``removeFault(_:)`` knows it.
    @discardableResult
    package func addFault(_ fault: Fault) -> Int { faults.add(fault) }

    /// Disarms one fault; one that is spent or unknown is not missed.
    package func removeFault(_ id: Int) { _ = faults.remove(id) }

    /// Disarms all faults.
    package func removeFaults() { faults.removeAll() }

    /// Takes a half of the sandbox down: its connections are closed without an answer.
    package func takeDown(_ service: SandboxService) { faults.setDown(true, service) }

    /// Brings a half of the sandbox back.
    package func bringBack(_ service: SandboxService) { faults.setDown(false, service) }

    /// The requests received so far, control calls left out, the oldest first; the latest 10,000 are kept.
    package var requests: [RecordedRequest] { log.all }

    /// The requests received for one route, as fault rules name it.
    package func requests(to route: String) -> [RecordedRequest] { log.all.filter { $0.route == route } }

    /// Forgets the requests received so far.
    package func clearRequests() { log.removeAll() }

    /// Deletes a run, as a user can in the workspace; `false` when there is none.
    @discardableResult
    package func deleteRun(_ id: Int64) -> Bool { workspace.state.withLockedValue { $0.deleteRun(id) } }

    /// Turns shortened list pages on or off (D-52).
    package func setShortensPages(_ isOn: Bool) {
        workspace.state.withLockedValue { $0.options.shortensPages = isOn }
    }

    /// Sets how long a run that `run-now` starts takes in all, by the sandbox's clock.
    package func setRunPace(_ pace: Duration) {
        workspace.state.withLockedValue { $0.options.runPaceMilliseconds = Int64(pace / .milliseconds(1)) }
    }
}
