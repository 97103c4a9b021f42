internal import JSON

extension Endpoint {
    /// Whether a success is of the form that the endpoint promises (D-109): what is there is of its kind.
    ///
    /// A member that is absent is missed by nobody: a list without entries has none. One of another kind means that
    /// something else answers in the service's place, and to read it as "nothing" would be a wrong answer.
    func keepsPromise(_ root: JSONElement) -> Bool {
        switch self {
        case .listJobs: root["jobs"].map { $0.isArray || $0.isNull } ?? true
        case .listRuns: root["runs"].map { $0.isArray || $0.isNull } ?? true
        case .getRun: root["run_id"].map { $0.exactInteger != nil } ?? true
        case .getRunOutput: root["metadata"].map { $0.isObject || $0.isNull } ?? true
        // A start without a run's id leaves a doubt, of which whoever starts it tells.
        case .runNow: true
        }
    }
}
