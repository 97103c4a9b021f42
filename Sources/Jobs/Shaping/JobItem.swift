internal import JSON

extension UpstreamCopy {
    /// Writes a job of a list as an object: our facts first, then as much of what the service sent as `grade` keeps.
    mutating func job(_ job: JobView, _ grade: ItemGrade, into writer: inout JSONWriter) {
        use(grade.reduction)
        writer.beginObject()
        switch grade.form {
        case .members:
            time("created_at", job.created, into: &writer)
            if reduction == .none, job.isRegular, isClean(job.element) {
                writer.copyMembers(of: job.element)
            } else {
                members(of: job.element, except: ["created_at"], into: &writer)
            }
        case .plan(let kept):
            time("created_at", job.created, into: &writer)
            id(of: job, into: &writer)
            settings(of: job, keeping: kept, grade.nameLimit, into: &writer)
            shorten("jobs are shortened to when they run and what they take")
        case .brief, .core:
            // An instant takes as much room as most names, and names tell more.
            if grade.nameLimit > 100 { time("created_at", job.created, into: &writer) }
            id(of: job, into: &writer)
            settings(of: job, keeping: ["name"], grade.nameLimit, into: &writer)
            shorten("jobs are shortened to id and name")
        }
        writer.endObject()
    }

    private func id(of job: JobView, into writer: inout JSONWriter) {
        guard let id = job.id?.exactInteger else { return }
        writer.key("job_id")
        writer.identifier(id)
    }

    private mutating func settings(
        of job: JobView, keeping kept: Set<String>, _ nameLimit: Int, into writer: inout JSONWriter
    ) {
        guard let settings = job.settings else { return }
        writer.key("settings")
        writer.beginObject()
        for item in settings.members {
            let name = item.name
            guard kept.contains(name) else {
                if kept.count > 1 { drop(name) }
                continue
            }
            switch name {
            case "name": shortName(item.value, nameLimit, into: &writer)
            case "parameters": parameters(item.value, into: &writer)
            case "tasks": taskKeys(item.value, into: &writer)
            default: member(item, into: &writer)
            }
        }
        writer.endObject()
    }

    /// Writes a name, or the beginning of a long one.
    mutating func shortName(_ name: JSONElement, key: String = "name", _ limit: Int, into writer: inout JSONWriter) {
        guard name.kind == .string else { return }
        writer.key(key)
        guard name.rawBytes.count > limit + 2 else { return value(name, into: &writer) }
        writer.string(ForeignText(element: name).line(limit: limit))
        cutStrings(longerThan: limit)
    }

    /// The names of parameters always stay, since they are what starting a job takes.
    private mutating func parameters(_ parameters: JSONElement, into writer: inout JSONWriter) {
        guard reduction.stringLimit < 100 else {
            writer.key("parameters")
            return value(parameters, into: &writer)
        }
        names("parameters", of: parameters, "name", into: &writer)
        drop("parameters.default")
    }

    private mutating func taskKeys(_ tasks: JSONElement, into writer: inout JSONWriter) {
        names("tasks", of: tasks, "task_key", into: &writer)
        drop("all of tasks but their keys")
    }

    private mutating func names(
        _ key: String, of elements: JSONElement, _ member: String, into writer: inout JSONWriter
    ) {
        writer.key(key)
        writer.beginArray()
        for element in elements.elements {
            writer.beginObject()
            if let name = element[member] { shortName(name, key: member, 100, into: &writer) }
            writer.endObject()
        }
        writer.endArray()
    }
}
