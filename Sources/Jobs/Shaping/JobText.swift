internal import JSON

/// The phrases about jobs.
extension ByteText {
    /// Appends an id, or a question mark where the service sent none.
    mutating func append(id element: JSONElement?) {
        if let id = element?.exactInteger { append(id) } else { append(byte: UInt8(ascii: "?")) }
    }

    /// What starts a job by itself: `, cron "0 15 2 * * ?" Europe/Stockholm`, `, every 4 hours (paused)`.
    mutating func append(starterOf job: JobView) {
        switch job.starter {
        case .schedule(let schedule): append(schedule: schedule)
        case .continuous(let continuous):
            append(", continuous")
            append(pauseOf: continuous)
        case .trigger(let trigger): append(trigger: trigger)
        case .triggers(let triggers): for trigger in triggers.elements.prefix(3) { append(anyTrigger: trigger) }
        case nil: break
        }
    }

    /// One of several: each holds what it is under a name of its own.
    private mutating func append(anyTrigger trigger: JSONElement) {
        if let schedule = trigger["schedule"] ?? trigger["cron"], schedule.isObject {
            append(schedule: schedule)
        } else {
            append(trigger: trigger)
        }
    }

    private mutating func append(schedule: JSONElement) {
        append(", cron")
        if let expression = schedule["quartz_cron_expression"]?.nonEmptyText {
            append(" ")
            append(quoted: expression, limit: 64)
        }
        if let zone = schedule["timezone_id"]?.nonEmptyText {
            append(" ")
            append(line: zone, limit: 40)
        }
        append(pauseOf: schedule)
    }

    private mutating func append(trigger: JSONElement) {
        if let period = trigger["periodic"], period.isObject {
            append(period: period)
        } else if let arrival = trigger["file_arrival"], arrival.isObject {
            append(", on file arrival")
            append(" at ", arrival["url"])
        } else if let update = trigger["table_update"] ?? trigger["table"], update.isObject {
            append(", on table update")
            append(" of ", update["table_names"]?[0])
            if let count = update["table_names"]?.count, count > 1 {
                append(" and ")
                append(Int64(count - 1))
                append(" more")
            }
        } else if trigger["model"]?.isObject == true {
            append(", on model change")
            append(" of ", trigger["model"]?["securable_name"])
        } else if trigger["job_completion"]?.isObject == true {
            append(", on the end of another job")
        } else if trigger["continuous"]?.isObject == true {
            append(", continuous")
        } else {
            append(", triggered")
        }
        append(pauseOf: trigger)
    }

    /// `, every 4 hours`.
    private mutating func append(period: JSONElement) {
        guard let interval = period["interval"]?.exactInteger else { return append(", periodically") }
        append(", every ")
        append(interval)
        let unit = period["unit"]?.string ?? ""
        let word = unit.lowercased().filter { ("a"..."z").contains($0) }
        append(" ")
        append(interval == 1 && word.hasSuffix("s") ? String(word.dropLast()) : word)
    }

    private mutating func append(_ preposition: StaticString, _ element: JSONElement?) {
        guard let element = element?.nonEmptyText else { return }
        append(preposition)
        append(line: element, limit: 80)
    }

    private mutating func append(pauseOf schedule: JSONElement) {
        if schedule["pause_status"]?.isString("PAUSED") == true { append(" (paused)") }
    }

    /// `, 3 tasks ingest validate publish`, or at least so many.
    mutating func append(tasksOf job: JobView) {
        guard let tasks = job.tasks, tasks.isArray else { return }
        append(job.hasMoreTasks ? ", at least " : ", ")
        append(Int64(tasks.count))
        append(tasks.count == 1 && !job.hasMoreTasks ? " task" : " tasks")
        for task in tasks.elements {
            guard let key = task["task_key"]?.nonEmptyText else { continue }
            append(" ")
            append(line: key, limit: 40)
        }
    }

    /// `, parameters run_date region`.
    mutating func append(parametersOf job: JobView) {
        guard let parameters = job.parameters, parameters.count > 0 else { return }
        append(", parameters")
        for parameter in parameters.elements {
            guard let name = parameter["name"]?.nonEmptyText else { continue }
            append(" ")
            append(line: name, limit: 40)
        }
    }
}

extension JSONElement {
    /// The element if it is a string with something in it: `null` and the empty text say nothing (D-06).
    var nonEmptyText: JSONElement? { kind == .string && rawBytes.count > 2 ? self : nil }
}
