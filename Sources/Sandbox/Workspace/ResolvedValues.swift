internal import JSON

/// Task parameters after the substitution of `{{job.parameters.NAME}}` and the like (D-58).
struct ResolvedValues: Sendable {
    private let substitutions: [(pattern: String, value: String)]

    init(_ run: Run) {
        var substitutions = run.parameters.map { ("{{job.parameters.\($0.name)}}", $0.value) }
        substitutions.append(("{{job.id}}", String(run.jobID)))
        substitutions.append(("{{job.run_id}}", String(run.id)))
        substitutions.append(("{{job.start_time.iso_date}}", UTCTime(seconds: run.startTime / 1000).isoDate))
        self.substitutions = substitutions.map { (pattern: $0.0, value: $0.1) }
    }

    /// Which members of each kind of task hold parameters.
    private static let parameterMembers: [String: [String]] = [
        "notebook_task": ["base_parameters"], "python_wheel_task": ["named_parameters", "parameters"],
        "spark_jar_task": ["parameters"], "spark_python_task": ["parameters"], "run_job_task": ["job_parameters"],
        "condition_task": ["left", "right"], "sql_task": ["parameters"], "dbt_task": ["commands"],
    ]

    /// The `resolved_values` of a task; `nil` when it has no parameters.
    func values(of spec: TaskSpec) -> JSONValue? {
        guard let (kind, definition) = spec.kind.items.first, let names = Self.parameterMembers[kind] else {
            return nil
        }
        var resolved = Members()
        for name in names { resolved.add(name, Members(of: definition)[name].map(resolve)) }
        return resolved.items.isEmpty ? JSONValue?.none : Members([kind: resolved.value]).value
    }

    private func resolve(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text):
            return .string(substitutions.reduce(text) { replacing($1.pattern, in: $0, with: $1.value) })
        case .array(let elements): return .array(elements.map(resolve))
        case .object:
            var copy = Members()
            for (name, value) in Members(of: value).items { copy.add(name, resolve(value)) }
            return copy.value
        default: return value
        }
    }

    private func replacing(_ pattern: String, in text: String, with value: String) -> String {
        text.split(separator: pattern, omittingEmptySubsequences: false).joined(separator: value)
    }
}
