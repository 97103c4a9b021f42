internal import JSON

/// The body of `run-now`, checked field by field (D-87 to D-90).
///
/// The real service ignores fields that it does not know; here they are refused, like those of version 2.2 in 2.1
/// (D-19), because a client that sends them expects an effect.
struct RunNowRequest: Sendable {
    let jobID: Int64
    private(set) var jobParameters: [String: String]?
    /// Task-type parameters as they were sent.
    private(set) var overriding = Members()
    private(set) var only: [String]?
    private(set) var queueing: Bool?
    private(set) var idempotencyToken: String?

    private static let maps: Set<String> = ["job_parameters", "notebook_params", "sql_params", "python_named_params"]
    private static let lists: Set<String> = ["python_params", "jar_params", "spark_submit_params", "dbt_commands"]
    private static let limitedTo10000Bytes: Set<String> = [
        "notebook_params", "python_params", "jar_params", "spark_submit_params",
    ]
    private static let onlyASCII: Set<String> = ["python_params", "spark_submit_params"]
    private static let onlyIn22: Set<String> = ["performance_target", "duration_target"]

    init(_ request: SandboxRequest, version: APIVersion) throws(WorkspaceError) {
        guard request.query?.isEmpty == true else { throw .malformed("unknown query parameter") }
        guard request.contentType == "application/json" else {
            throw .malformed("Content-Type is not application/json")
        }
        let root: JSONElement
        do throws(JSONError) {
            root = try JSONDocument(parsing: request.body, limits: .request).root
        } catch {
            throw .malformed("the body is not JSON (\(error.reason.rawValue))")
        }
        guard root.isObject else { throw .malformed("Expected object, found \(root.kindName)") }
        guard let id = root["job_id"] else { throw .invalidParameter("Missing required field: job_id") }
        guard let jobID = id.exactInteger else { throw .malformed("Expected number for field 'job_id'") }
        self.jobID = jobID
        for member in root.members where !member.isNamed("job_id") { try read(member, version) }
        guard overriding["notebook_params"] == nil || overriding["jar_params"] == nil else {
            throw .invalidParameter("notebook_params and jar_params cannot be specified together.")
        }
    }

    private mutating func read(_ member: JSONMember, _ version: APIVersion) throws(WorkspaceError) {
        let name = member.name
        let value = member.value
        if version == .v21, Self.onlyIn22.contains(name) { throw .malformed("unknown field '\(name)'") }
        switch name {
        case _ where Self.maps.contains(name): try readMap(name, value)
        case _ where Self.lists.contains(name):
            try checkSize(name, value)
            overriding.add(name, .array(try strings(name, value).map(JSONValue.string)))
        case "only": only = try strings(name, value)
        case "queue":
            guard value.isObject, let enabled = value["enabled"]?.bool, value.count == 1 else {
                throw .malformed("Expected object with a boolean 'enabled' for field 'queue'")
            }
            queueing = enabled
        case "idempotency_token":
            guard let token = value.string else { throw .wrongKind("string", name, value) }
            guard token.utf8.count <= 64 else {
                throw .invalidParameter("idempotency_token must have at most 64 characters.")
            }
            idempotencyToken = token
        case "pipeline_params":
            guard value.isObject else { throw .wrongKind("object", name, value) }
            overriding.add(name, JSONValue(value))
        case "performance_target":
            try check(name, value, among: ["STANDARD", "PERFORMANCE_OPTIMIZED", "COST_OPTIMIZED"])
        case "duration_target": try check(name, value, among: ["NO_FLEXIBILITY", "4h", "12h", "24h", "72h"])
        default: throw .malformed("unknown field '\(name)'")
        }
    }

    private mutating func readMap(_ name: String, _ value: JSONElement) throws(WorkspaceError) {
        guard value.isObject else { throw .wrongKind("object", name, value) }
        try checkSize(name, value)
        var map: [String: String] = [:]
        for member in value.members {
            guard let text = member.value.string else {
                throw .wrongKind("string", "\(name).\(member.name)", member.value)
            }
            map[member.name] = text
        }
        if name == "job_parameters" { jobParameters = map } else { overriding.add(name, JSONValue(value)) }
    }

    private func strings(_ name: String, _ value: JSONElement) throws(WorkspaceError) -> [String] {
        guard value.isArray else { throw .wrongKind("array", name, value) }
        var list: [String] = []
        for element in value.elements {
            guard let text = element.string else { throw .wrongKind("string", name, element) }
            list.append(text)
        }
        if Self.onlyASCII.contains(name), !list.allSatisfy({ $0.utf8.allSatisfy { $0 < 128 } }) {
            throw .invalidParameter("\(name) may hold ASCII characters only.")
        }
        return list
    }

    private func checkSize(_ name: String, _ value: JSONElement) throws(WorkspaceError) {
        guard !Self.limitedTo10000Bytes.contains(name) || value.rawBytes.count <= 10_000 else {
            throw .invalidParameter("The JSON representation of \(name) cannot exceed 10,000 bytes.")
        }
    }

    private func check(_ name: String, _ value: JSONElement, among values: [String]) throws(WorkspaceError) {
        guard let text = value.string, values.contains(text) else {
            throw .malformed("Unknown value for field '\(name)'")
        }
    }
}

extension WorkspaceError {
    /// The words of D-90.
    fileprivate static func wrongKind(_ expected: String, _ field: String, _ value: JSONElement) -> WorkspaceError {
        malformed("Expected \(expected) for field '\(field)', found \(value.kindName)")
    }
}

extension JSONElement {
    fileprivate var kindName: String {
        switch kind {
        case .null: "NULL"
        case .bool: "BOOLEAN"
        case .number: "NUMBER"
        case .string: "STRING"
        case .array: "ARRAY"
        case .object: "OBJECT"
        }
    }
}
