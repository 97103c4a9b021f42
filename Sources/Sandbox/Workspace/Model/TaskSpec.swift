internal import JSON

/// A task as its job defines it, and how it behaves when it runs.
struct TaskSpec: Sendable {
    struct Dependency: Sendable {
        let key: String
        /// For a condition task: the branch that this task belongs to.
        var outcome: String?

        var value: JSONValue {
            var members = Members(["task_key": .string(key)])
            members.add("outcome", outcome.map(JSONValue.string))
            return members.value
        }
    }

    let key: String
    var dependencies: [Dependency] = []
    var runIf = "ALL_SUCCESS"
    /// The one member that says what kind of task it is (D-63).
    var kind: Members
    /// Where it runs: `job_cluster_key`, `environment_key`, ..., and other settings.
    var compute = Members()
    var clusterInstance: JSONValue?
    var behaviour = TaskBehaviour()

    /// The element of `settings.tasks`.
    var settings: JSONValue {
        var members = Members(["task_key": .string(key)])
        members.addUnlessEmpty("depends_on", dependencies.map(\.value))
        members.add("run_if", .string(runIf))
        members.append(compute)
        members.append(kind)
        return members.value
    }
}

/// How long a task takes and how it ends.
struct TaskBehaviour: Sendable {
    enum Ending: Sendable {
        case succeeds
        case fails
        /// Fails for one value of a job parameter, and succeeds for all others.
        case failsWhen(parameter: String, is: String)
        case timesOut(seconds: Int)
        /// A condition task, with the branch that it chooses.
        case chooses(String)
        /// A Run Job task: it ends as the run that it starts.
        case runsJob(Int64)
        /// A for-each task, with what becomes of each iteration.
        case iterates(ForEach)
    }

    /// Milliseconds in real life; runs of `run-now` are scaled to the sandbox's pace.
    var setup: Int64 = 4_000
    var execution: Int64 = 40_000
    var cleanup: Int64 = 1_000
    /// How many attempts fail before the one that ends as `ending` says.
    var failedAttempts = 0
    var ending = Ending.succeeds
    var output = TaskOutput.none
    /// What a failed attempt puts out.
    var failure = TaskOutput.none
}
