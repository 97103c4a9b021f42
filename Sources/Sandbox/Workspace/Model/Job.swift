internal import JSON

/// A job of the workspace.
struct Job: Sendable {
    struct Parameter: Sendable {
        let name: String
        let defaultValue: String
    }

    /// What happens when a run is wanted while others are active.
    struct Concurrency: Sendable {
        var limit = 1
        var isQueueing = false
        /// An unpaused continuous job: a new run cancels the active one (D-92).
        var isContinuous = false
    }

    let id: Int64
    let name: String
    /// Milliseconds since 1970.
    let createdTime: Int64
    /// `nil` once that user was deleted (D-37).
    var creator: String?
    /// The settings after the name, without parameters, tasks, job clusters and `format`.
    var settings = Members()
    var parameters: [Parameter] = []
    var tasks: [TaskSpec] = []
    var jobClusters: [JSONValue] = []
    var concurrency = Concurrency()
    /// Whether version 2.2 names the format, as version 2.1 always does (D-26).
    var namesFormat = false
    /// The item of a list as it was given, in place of what the rest says.
    var planted: JSONValue?
    /// Members that no client knows yet (D-07).
    var unknownMembers = Members()
    /// Whether 64-bit integers are written as strings (D-09).
    var writesIntegersAsStrings = false

    /// The item of `jobs/list`.
    func item(version: APIVersion, expandsTasks: Bool) -> JSONValue {
        if let planted { return planted }
        var item = Members(["job_id": .integer(id)])
        item.add("creator_user_name", creator.map(JSONValue.string))
        item.add("created_time", .integer(createdTime))
        item.add("settings", settings(version: version, expandsTasks: expandsTasks).value)
        item.add("has_more", true, if: expandsTasks && version == .v22 && tasks.count > Paging.elementsPerArray)
        item.append(unknownMembers)
        return writesIntegersAsStrings ? item.value.withIntegersAsStrings : item.value
    }

    private func settings(version: APIVersion, expandsTasks: Bool) -> Members {
        var members = Members(["name": .string(name)])
        members.append(settings)
        if version == .v21 || namesFormat { members.add("format", "MULTI_TASK") }
        members.add("max_concurrent_runs", .integer(Int64(concurrency.limit)))
        if concurrency.isQueueing { members.add("queue", ["enabled": true]) }
        members.addUnlessEmpty(
            "parameters",
            parameters.map { Members(["name": .string($0.name), "default": .string($0.defaultValue)]).value })
        if expandsTasks {
            members.addUnlessEmpty("tasks", Paging.first(tasks, version).map(\.settings))
            members.addUnlessEmpty("job_clusters", Array(Paging.first(jobClusters, version)))
        }
        return members
    }
}

extension JSONValue {
    /// The same value with every integer as a decimal string, as protobuf's JSON writes 64-bit integers.
    var withIntegersAsStrings: JSONValue {
        switch self {
        case .integer(let number): .string(String(number))
        case .array(let elements): .array(elements.map(\.withIntegersAsStrings))
        case .object:
            {
                var copy = Members()
                for (name, value) in Members(of: self).items { copy.add(name, value.withIntegersAsStrings) }
                return copy.value
            }()
        default: self
        }
    }
}
