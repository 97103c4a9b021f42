internal import Jobs

/// How many calls to the workspace there may be, under way and waiting; docs/scale-out.md argues the defaults (D-120).
///
/// | Variable | Default | Meaning |
/// | --- | --- | --- |
/// | `DATABRICKS_MAX_CALLS` | 64 | calls under way at once |
/// | `DATABRICKS_MAX_CALLS_PER_USER` | 4 | calls of one user under way at once |
/// | `DATABRICKS_MAX_CALLS_WAITING` | 512 | calls that wait for their turn |
/// | `DATABRICKS_MAX_CALLS_WAITING_PER_USER` | 64 | calls of one user that wait |
extension AdmissionQueue.Limits {
    init(reading reader: inout SettingsReader) {
        self.init()
        perWorkspace = reader.integer("DATABRICKS_MAX_CALLS", in: 1...1_000, default: perWorkspace)
        perUser = reader.integer("DATABRICKS_MAX_CALLS_PER_USER", in: 1...1_000, default: perUser)
        waiting = reader.integer("DATABRICKS_MAX_CALLS_WAITING", in: 0...10_000, default: waiting)
        waitingPerUser = reader.integer(
            "DATABRICKS_MAX_CALLS_WAITING_PER_USER", in: 0...10_000, default: waitingPerUser)
    }
}
