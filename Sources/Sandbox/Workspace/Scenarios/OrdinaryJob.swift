internal import JSON

/// The jobs that fill the workspace: unremarkable, but all different.
enum OrdinaryJob {
    private static let verbs = ["Load", "Refresh", "Export", "Reconcile", "Aggregate", "Clean", "Archive", "Score"]
    private static let nouns = [
        "invoices", "customers", "shipments", "returns", "inventory", "web sessions", "payments", "suppliers",
        "price lists", "forecasts", "contracts", "sensor readings", "tickets",
    ]
    private static let teams = ["finance", "logistics", "marketing", "platform"]

    /// Job number `number`: each 7 hours older than the one before, the newest older than the named jobs.
    static func make(number: Int, _ random: inout SeededGenerator) -> Job {
        let verb = verbs[number % verbs.count]
        let noun = nouns[number % nouns.count]
        let team = teams[Int(random.next() % 4)]
        let settings = Members(
            json:
                """
                {"tags": {"team": "\(team)"}, "timeout_seconds": \(600 * (number % 5)),
                 "schedule": {"quartz_cron_expression": "0 \(number % 60) \(number % 24) * * ?", "timezone_id": "UTC",
                              "pause_status": "UNPAUSED"},
                 "email_notifications": {}}
                """)
        return Job(
            id: random.databricksID(), name: "\(verb) \(noun) (\(team))",
            createdTime: 1_750_000_000_000 - Int64(number) * 25_200_000, creator: "\(team)-owner@contoso.example",
            settings: settings, tasks: tasks(noun: noun, count: 1 + number % 3, &random),
            jobClusters: number % 3 == 0 ? [SharedFragments.mainCluster] : [])
    }

    private static func tasks(noun: String, count: Int, _ random: inout SeededGenerator) -> [TaskSpec] {
        let folder = noun.split(separator: " ").joined(separator: "_")
        return ["extract", "transform", "publish"].prefix(count).enumerated().map { index, step in
            TaskSpec(
                key: "\(step)_\(folder)",
                dependencies: index == 0
                    ? [] : [TaskSpec.Dependency(key: "\(["extract", "transform"][index - 1])_\(folder)")],
                kind: Members(
                    json:
                        """
                        {"notebook_task": {"notebook_path": "/Workspace/Shared/\(folder)/\(step)", "source": "WORKSPACE"}}
                        """),
                compute: Members(json: #"{"environment_key": "default"}"#),
                behaviour: TaskBehaviour(
                    setup: Int64.random(in: 2_000...60_000, using: &random),
                    execution: Int64.random(in: 20_000...900_000, using: &random), cleanup: 1_000,
                    output: .notebook(result: "ok"),
                    failure: .notebookError(
                        message:
                            "AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table raw.\(folder) cannot be found.",
                        trace: "AnalysisException                         Traceback (most recent call last)\n"
                            + "File <command-1122334455667788>, line 3\n----> 3 df = spark.table('raw.\(folder)')\n\n"
                            + "AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table raw.\(folder) cannot be found.")))
        }
    }
}

extension Job {
    /// The same job with a first task that fails.
    var failing: Job {
        var copy = self
        if !copy.tasks.isEmpty { copy.tasks[0].behaviour.ending = .fails }
        return copy
    }
}
