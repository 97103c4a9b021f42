internal import JSON
internal import NIOConcurrencyHelpers

// Faults, outages and records over HTTP (D-124, D-125).

extension Sandbox {
    func armFault(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(
            request,
            allowed: [
                "route", "user", "preset", "status", "body", "headers", "delay_ms", "count", "skip", "cut",
                "after_handler",
            ])
        let route = try body.required("route")
        var fault =
            try body.choice("preset", FaultPreset.self)?.fault(route: route, now: clock.seconds) ?? Fault(route: route)
        guard fault.hasKnownRoute else {
            throw SandboxError(
                description: "There is no route '\(route)'. Known: discovery, keys, token, authorize, "
                    + "\(IdentityEndpoint.allCases.map(\.rawValue).joined(separator: ", ")), "
                    + "\(JobsEndpoint.allCases.map(\.rawValue).joined(separator: ", ")), entra, identity, "
                    + "workspace, *.")
        }
        fault.user = try body.string("user")
        if let status = try body.integer("status") {
            guard (200...599).contains(status) else {
                throw SandboxError(description: "'status' must be between 200 and 599.")
            }
            fault.status = Int(status)
        }
        if let text = try body.string("body") { fault.body = text }
        for (name, value) in try body.object("headers") {
            guard case .string(let text) = value else {
                throw SandboxError(description: "'headers' must map names to strings.")
            }
            fault.headers.removeAll { $0.name.lowercased() == name.lowercased() }
            fault.headers.append((name, text))
        }
        if let delay = try body.integer("delay_ms") { fault.delayMilliseconds = max(0, delay) }
        fault.count = try body.integer("count").map(Int.init)
        fault.skip = Int(try body.integer("skip") ?? 0)
        if let cut = try body.choice("cut", Fault.Cut.self) { fault.cut = cut }
        fault.isAfterHandler = try body.boolean("after_handler") ?? false
        return Members(["id": .integer(Int64(addFault(fault)))]).value
    }

    func disarmFault(_ argument: String?) throws -> JSONValue {
        if let argument {
            guard let id = Int(argument), faults.remove(id) else {
                throw SandboxError(description: "There is no fault '\(argument)'.")
            }
        } else {
            removeFaults()
        }
        return .ok
    }

    var faultsReport: JSONValue {
        let list = faults.all.map { id, fault in
            var report = Members(["id": .integer(Int64(id)), "route": .string(fault.route)])
            report.add("user", fault.user.map(JSONValue.string))
            report.add("status", fault.status.map { .integer(Int64($0)) })
            report.add("count", fault.count.map { .integer(Int64($0)) })
            report.append(
                Members([
                    "skip": .integer(Int64(fault.skip)), "delay_ms": .integer(fault.delayMilliseconds),
                    "cut": .string(fault.cut.rawValue), "after_handler": .bool(fault.isAfterHandler),
                ]))
            return report.value
        }
        return Members(["faults": .array(list)]).value
    }

    func setServices(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: Set(SandboxService.allCases.map(\.rawValue)))
        var changes: [(service: SandboxService, isDown: Bool)] = []
        for service in SandboxService.allCases {
            switch try body.string(service.rawValue) {
            case nil: break
            case "down": changes.append((service, true))
            case "up": changes.append((service, false))
            default: throw SandboxError(description: "'\(service.rawValue)' must be \"up\" or \"down\".")
            }
        }
        for (service, isDown) in changes { faults.setDown(isDown, service) }
        return servicesReport
    }

    var servicesReport: JSONValue {
        var report = Members()
        for service in SandboxService.allCases {
            report.add(service.rawValue, .string(faults.isDown(service) ? "down" : "up"))
        }
        return report.value
    }

    func setWorkspace(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(
            request,
            allowed: ["short_pages", "run_seconds", "single_task_output", "active_run_limit", "lost_page_tokens"])
        let seconds = try body.number("run_seconds")
        if let seconds, !(0.01...86_400).contains(seconds) {
            throw SandboxError(description: "'run_seconds' must be between 0.01 and 86400.")
        }
        if let seconds { setRunPace(.milliseconds(Int64(seconds * 1000))) }
        if let isOn = try body.boolean("short_pages") { setShortensPages(isOn) }
        if body.has("active_run_limit") { setActiveRunLimit(try body.integer("active_run_limit").map(Int.init)) }
        if let isOn = try body.boolean("lost_page_tokens") { setLosesPageTokens(isOn) }
        if let isOn = try body.boolean("single_task_output") {
            workspace.state.withLockedValue { $0.options.answersOutputOfSingleTaskRuns = isOn }
        }
        return .ok
    }

    func deleteRun(_ text: String) throws -> JSONValue {
        guard let id = Int64(text), deleteRun(id) else {
            throw SandboxError(description: "There is no run '\(text)'.")
        }
        return .ok
    }

    /// The records, filtered by `route`, `user`, `flag` and `after` (a sequence number).
    func requestsReport(_ request: SandboxRequest) -> JSONValue {
        let query = request.query ?? []
        let after = query["after"].flatMap { Int($0) } ?? 0
        let records = requests.filter { record in
            record.sequence > after && (query["route"] ?? record.route) == record.route
                && (query["user"].map { $0 == record.user } ?? true)
                && (query["flag"].map { flag in record.flags.contains { $0.rawValue == flag } } ?? true)
        }
        return Members([
            "count": .integer(Int64(records.count)), "requests": .array(records.map(\.report)),
        ]).value
    }
}

extension RecordedRequest {
    fileprivate var report: JSONValue {
        var report = Members([
            "sequence": .integer(Int64(sequence)), "time_ms": .integer(milliseconds), "method": .string(method),
            "path": .string(path), "route": .string(route), "query": Self.object(query),
            "headers": Self.object(headers),
        ])
        report.add("user", user.map(JSONValue.string))
        if let token {
            var members = Members(["sha256": .string(token.digest)])
            members.add("aud", token.audience.map(JSONValue.string))
            members.add("uti", token.uniqueID.map(JSONValue.string))
            members.add("assertion_uti", token.assertionID.map(JSONValue.string))
            report.add("token", members.value)
        }
        report.add("form", Self.object(form), if: !form.isEmpty)
        report.add("body", .string(body), if: !body.isEmpty)
        report.add("status", .integer(Int64(status)))
        report.addUnlessEmpty("flags", flags.map(\.rawValue).sorted().map(JSONValue.string))
        return report.value
    }

    private static func object(_ pairs: [(name: String, value: String)]) -> JSONValue {
        var members = Members()
        for (name, value) in pairs { members.add(name, .string(value)) }
        return members.value
    }
}
