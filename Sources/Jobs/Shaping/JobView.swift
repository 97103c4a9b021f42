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

    private static let members: JSONNames = [
        "job_id", "settings", "created_time", "creator_user_name", "created_at", "has_more",
    ]
    /// In the order of ``members``.
    private enum Member: Int { case id, settings, createdTime, creator, createdAt, hasMore }

    private static let settingNames: JSONNames = [
        "name", "parameters", "tasks", "schedule", "continuous", "trigger", "triggers",
    ]
    /// In the order of ``settingNames``.
    private enum Setting: Int { case name, parameters, tasks, schedule, continuous, trigger, triggers }

    let element: JSONElement
    private var places = Places()
    /// Milliseconds since the epoch.
    private(set) var created: Int64?
    /// Whether the job has more tasks than ``tasks`` holds (D-20).
    private(set) var hasMoreTasks = false
    /// Whether the members can be copied as they are: the id is a number, and none has a name that we add.
    private(set) var isRegular = true

    /// Where in the document each member stands.
    ///
    /// Positions, because a view is copied often and each value would be one more reference to the document to count.
    private struct Places {
        var id: JSONOffset?
        var settings: JSONOffset?
        var name: JSONOffset?
        var creator: JSONOffset?
        var parameters: JSONOffset?
        var tasks: JSONOffset?
        var starter: (kind: Setting, place: JSONOffset)?
    }

    var id: JSONElement? { places.id.map { element[$0] } }
    var settings: JSONElement? { places.settings.map { element[$0] } }
    var name: JSONElement? { places.name.map { element[$0] } }
    var creator: JSONElement? { places.creator.map { element[$0] } }
    var parameters: JSONElement? { places.parameters.map { element[$0] } }
    /// Only with `expand_tasks` (D-34).
    var tasks: JSONElement? { places.tasks.map { element[$0] } }
    var starter: Starter? {
        guard let (kind, place) = places.starter else { return nil }
        return switch kind {
        case .schedule: .schedule(element[place])
        case .continuous: .continuous(element[place])
        case .triggers: .triggers(element[place])
        default: .trigger(element[place])
        }
    }

    init(_ element: JSONElement) {
        self.element = element
        element.forEachMember(in: Self.members) { place, value in
            switch Member(rawValue: place) {
            case .id:
                places.id = value.offset
                if value.kind != .number { isRegular = false }
            case .settings: read(settings: value)
            case .createdTime: created = value.exactInteger
            case .creator: places.creator = value.nonEmptyText?.offset
            case .createdAt: isRegular = false
            case .hasMore: hasMoreTasks = value.bool == true
            case nil: break
            }
        }
    }

    private mutating func read(settings: JSONElement) {
        places.settings = settings.offset
        settings.forEachMember(in: Self.settingNames) { place, value in
            switch (Setting(rawValue: place), value.kind) {
            case (.name, .string): if places.name == nil { places.name = value.nonEmptyText?.offset }
            case (.parameters, .array): places.parameters = value.offset
            case (.tasks, .array): places.tasks = value.offset
            case (.triggers, .array):
                if places.starter == nil, value.count > 0 { places.starter = (.triggers, value.offset) }
            case (let kind?, .object) where kind == .schedule || kind == .continuous || kind == .trigger:
                places.starter = (kind, value.offset)
            default: break
            }
        }
    }
}
