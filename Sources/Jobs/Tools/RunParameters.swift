internal import JSON
internal import MCP

/// What a run is started with besides its job, checked as far as the service's rules are known (D-87 to
/// D-90): what it would refuse, or worse, take halfway, is refused here with an example.
struct RunParameters: Sendable {
    private typealias Map = [(name: String, value: String)]

    /// Fields that belong to a kind of task; a job with parameters of its own takes none of them (D-89).
    private static let taskFields =
        ["notebook_params", "sql_params", "python_named_params"]
        + ["python_params", "jar_params", "spark_submit_params", "dbt_commands"]
    private static let mapFields = ["job_parameters", "notebook_params", "sql_params", "python_named_params"]
    private static let listFields = ["python_params", "jar_params", "spark_submit_params", "dbt_commands", "only"]
    /// Bytes of one field as JSON, for the fields that have the limit (D-87).
    private static let sizeLimit = 10_000
    private static let limitedFields = ["notebook_params", "python_params", "jar_params", "spark_submit_params"]

    private let maps: [(field: String, values: [(name: String, value: String)])]
    private let lists: [(field: String, values: [String])]
    private let pipeline: ToolArguments?
    /// Whether to wait when the job is at its limit of runs; `nil` leaves it to the job.
    let queue: Bool?
    private let performanceTarget: String?
    private let durationTarget: String?

    /// - Throws: ``ArgumentConflict``.
    init(_ arguments: ToolArguments, version: Workspace.APIVersion) throws {
        maps = Self.mapFields.compactMap { field in
            arguments.stringMap(field).flatMap { $0.isEmpty ? nil : (field, $0) }
        }
        lists = Self.listFields.compactMap { field in
            arguments.stringList(field).flatMap { $0.isEmpty ? nil : (field, $0) }
        }
        pipeline = arguments.object("pipeline_params")
        queue = arguments.boolean("queue")
        performanceTarget = arguments.string("performance_target")
        durationTarget = arguments.string("duration_target")
        try checkCombinations()
        try checkValues()
        try checkTargets(version)
    }

    private var fields: [String] {
        maps.map(\.field) + lists.map(\.field) + (pipeline == nil ? [] : ["pipeline_params"])
    }

    private func list(_ field: String) -> [String] { lists.first { $0.field == field }?.values ?? [] }

    // MARK: Rules

    private func checkCombinations() throws {
        let taskFields = fields.filter { Self.taskFields.contains($0) || $0 == "pipeline_params" }
        if fields.contains("job_parameters"), let other = taskFields.first {
            throw conflict(
                "job_parameters excludes \(other)",
                "For a job that defines parameters pass only job_parameters, such as "
                    + "{\"job_id\": 1, \"job_parameters\": {\"region\": \"emea\"}}.")
        }
        if fields.contains("notebook_params"), fields.contains("jar_params") {
            throw conflict(
                "notebook_params excludes jar_params",
                "Pass the one that fits the job's tasks, such as {\"job_id\": 1, \"notebook_params\": {\"day\": \"2\"}}."
            )
        }
    }

    private func checkValues() throws {
        for field in ["python_params", "spark_submit_params"] {
            guard list(field).allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) else {
                throw conflict("\(field) must be ASCII", "Encode other characters yourself.")
            }
        }
        let commands = list("dbt_commands")
        guard commands.count <= 10, commands.allSatisfy({ $0 == "dbt" || $0.hasPrefix("dbt ") }) else {
            throw conflict(
                "dbt_commands must be at most 10 commands that start with dbt",
                "Write them like {\"dbt_commands\": [\"dbt deps\", \"dbt run\"]}.")
        }
        guard list("only").allSatisfy({ $0.contains { $0 != "+" } }) else {
            throw conflict(
                "only must hold task keys", "Write key, +key with all before it, key+ with all after it, or +key+.")
        }
        for field in Self.limitedFields {
            let size = size(of: field)
            guard size > Self.sizeLimit else { continue }
            throw conflict(
                "\(field) has \(size) bytes as JSON, more than \(Self.sizeLimit)",
                "Put large values into a file or table and pass its name.")
        }
    }

    private func checkTargets(_ version: Workspace.APIVersion) throws {
        guard durationTarget == nil || performanceTarget == "COST_OPTIMIZED" else {
            throw conflict(
                "duration_target goes with performance_target COST_OPTIMIZED only",
                "Add it, such as {\"performance_target\": \"COST_OPTIMIZED\", \"duration_target\": \"4h\"}.")
        }
        guard performanceTarget == nil || version != .v21 else {
            throw conflict(
                "performance_target needs version 2.2 of the Jobs API, and this server is set to 2.1 (D-19)",
                "Leave it out, or ask an administrator of this server to set DATABRICKS_API_VERSION=2.2.")
        }
    }

    private func conflict(_ problem: String, _ fix: String) -> ArgumentConflict {
        ArgumentConflict(tool: "run_now", problem: problem, fix: fix)
    }

    // MARK: JSON

    /// Writes the fields that were given into the object that is open.
    func write(into writer: inout JSONWriter) {
        for (field, values) in maps {
            writer.key(field)
            Self.write(values, into: &writer)
        }
        for (field, values) in lists {
            writer.key(field)
            Self.write(values, into: &writer)
        }
        if let pipeline { write(pipeline, into: &writer) }
        if let queue {
            writer.key("queue")
            writer.beginObject()
            writer.key("enabled")
            writer.bool(queue)
            writer.endObject()
        }
        for (field, target) in [("performance_target", performanceTarget), ("duration_target", durationTarget)] {
            guard let target else { continue }
            writer.key(field)
            writer.string(target)
        }
    }

    /// The lists of `pipeline_params` (D-87).
    static let pipelineLists = [
        "full_refresh_selection", "refresh_selection", "refresh_flow_selection", "reset_checkpoint_selection",
    ]

    private func write(_ pipeline: ToolArguments, into writer: inout JSONWriter) {
        writer.key("pipeline_params")
        writer.beginObject()
        if let full = pipeline.boolean("full_refresh") {
            writer.key("full_refresh")
            writer.bool(full)
        }
        for field in Self.pipelineLists {
            guard let values = pipeline.stringList(field), !values.isEmpty else { continue }
            writer.key(field)
            Self.write(values, into: &writer)
        }
        writer.endObject()
    }

    private static func write(_ values: Map, into writer: inout JSONWriter) {
        writer.beginObject()
        for (name, value) in values {
            writer.key(name)
            writer.string(value)
        }
        writer.endObject()
    }

    private static func write(_ values: [String], into writer: inout JSONWriter) {
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
    }

    private func size(of field: String) -> Int {
        var writer = JSONWriter()
        if let map = maps.first(where: { $0.field == field }) {
            Self.write(map.values, into: &writer)
        } else {
            Self.write(list(field), into: &writer)
        }
        return writer.bytes.count
    }
}
