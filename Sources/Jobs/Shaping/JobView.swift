internal import JSON

/// What `list_jobs` reads from a job: found in one pass over its members, since this is the most frequent call.
struct JobView {
    /// What starts a job by itself.
    enum Starter {
        case schedule(JSONElement)
        case continuous(JSONElement)
        case trigger(JSONElement)
        /// The newer form, which can hold several.
        case triggers(JSONElement)
    }

    let element: JSONElement
    private(set) var id: JSONElement?
    private(set) var settings: JSONElement?
    private(set) var name: JSONElement?
    private(set) var creator: JSONElement?
    /// Milliseconds since the epoch.
    private(set) var created: Int64?
    private(set) var starter: Starter?
    private(set) var parameters: JSONElement?
    /// Only with `expand_tasks` (D-34).
    private(set) var tasks: JSONElement?
    /// Whether the job has more tasks than ``tasks`` holds (D-20).
    private(set) var hasMoreTasks = false
    /// Whether the members can be copied as they are: the id is a number, and none has a name that we add.
    private(set) var isRegular = true

    init(_ element: JSONElement) {
        self.element = element
        for member in element.members {
            if member.isNamed("job_id") {
                id = member.value
                if member.value.kind != .number { isRegular = false }
            } else if member.isNamed("settings") {
                settings = member.value
                read(settings: member.value)
            } else if member.isNamed("created_time") {
                created = member.value.exactInteger
            } else if member.isNamed("creator_user_name") {
                creator = member.value.nonEmptyText
            } else if member.isNamed("has_more") {
                hasMoreTasks = member.value.bool == true
            } else if member.isNamed("created_at") {
                isRegular = false
            }
        }
    }

    /// Names are compared only where the kind of the value fits; settings have some twenty members.
    private mutating func read(settings: JSONElement) {
        for member in settings.members {
            switch member.value.kind {
            case .string: if name == nil, member.isNamed("name") { name = member.value.nonEmptyText }
            case .array:
                if member.isNamed("parameters") {
                    parameters = member.value
                } else if member.isNamed("tasks") {
                    tasks = member.value
                } else if member.isNamed("triggers"), member.value.count > 0 {
                    starter = starter ?? .triggers(member.value)
                }
            case .object:
                if member.isNamed("schedule") {
                    starter = .schedule(member.value)
                } else if member.isNamed("continuous") {
                    starter = .continuous(member.value)
                } else if member.isNamed("trigger") {
                    starter = .trigger(member.value)
                }
            default: break
            }
        }
    }
}
