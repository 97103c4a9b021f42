internal import JSON
internal import NIOConcurrencyHelpers

// The control API over HTTP (E-176, D-125): what the methods of `Sandbox` do inside a process.

extension Sandbox {
    /// Answers a request below `/_control`; mistakes are told in `error`.
    func respondToControl(_ request: SandboxRequest, path: [String]) -> SandboxReply {
        // A page in a browser can post to loopback without asking; no test and no tool sends this field.
        guard request.headerValues("Origin").isEmpty else {
            return Self.problem(403, "The control API is not for pages in a browser.")
        }
        do {
            let argument = path.count == 2 ? path[1] : nil
            guard path.count <= 2, let value = try control(request, path.first ?? "", argument) else {
                return Self.problem(404, "There is no \(request.method) /_control/\(path.joined(separator: "/")).")
            }
            return .json(200, value)
        } catch let error as SandboxError {
            return Self.problem(400, error.description)
        } catch {
            return Self.problem(500, "\(error)")
        }
    }

    private static func problem(_ status: Int, _ text: String) -> SandboxReply {
        .json(status, Members(["error": .string(text)]).value)
    }

    /// - Returns: What the answer says; `nil` when there is no such call.
    private func control(_ request: SandboxRequest, _ name: String, _ argument: String?) throws -> JSONValue? {
        switch (request.method, name, argument) {
        case ("GET", "", nil): overview
        case ("POST", "clock", nil): try setClock(request)
        case ("GET", "clock", nil): clockReport
        case ("POST", "keys", nil): try changeKeys(request)
        case ("GET", "keys", nil): keysReport
        case ("POST", "tokens", nil): try makeToken(request)
        case ("POST", "users", nil): try makeUser(request)
        case ("GET", "users", nil): usersReport
        case ("POST", "users", let user?): try changeUser(user, request)
        case ("POST", "apps", let clientID?): try changeApplication(clientID, request)
        case ("POST", "mi", nil): try setManagedIdentity(request)
        case ("GET", "mi", nil): managedIdentityReport
        case ("POST", "aks", nil): try writeServiceAccountToken(request)
        case ("POST", "entra", nil): try setEntra(request)
        case ("POST", "sign-in", nil): try setSignIn(request)
        case ("POST", "databricks-tokens", nil): try revokeTokens(request)
        case ("POST", "faults", nil): try armFault(request)
        case ("GET", "faults", nil): faultsReport
        case ("DELETE", "faults", _): try disarmFault(argument)
        case ("POST", "services", nil): try setServices(request)
        case ("GET", "services", nil): servicesReport
        case ("GET", "requests", nil): requestsReport(request)
        case ("DELETE", "requests", nil): done { clearRequests() }
        case ("POST", "workspace", nil): try setWorkspace(request)
        case ("POST", "runs", nil): try plantRun(request)
        case ("POST", "jobs", nil): try plantJob(request)
        case ("DELETE", "runs", let id?): try deleteRun(id)
        case ("POST", "reset", nil):
            try {
                try reset(); return .ok
            }()
        default: nil
        }
    }

    private func done(_ action: () -> Void) -> JSONValue {
        action()
        return .ok
    }

    /// Where the sandbox stands, at a glance.
    private var overview: JSONValue {
        Members([
            "url": .string(baseURL), "clock": clockReport, "services": servicesReport, "keys": keysReport,
            "users": usersReport["users"] ?? [], "faults": faultsReport["faults"] ?? [],
            "requests": .integer(Int64(requests.count)),
        ]).value
    }

    // MARK: Clock, keys and tokens

    private func setClock(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["now", "advance_seconds", "frozen", "date_skew_seconds"])
        if let now = try body.integer("now") { clock.set(milliseconds: now * 1000) }
        if let distance = try body.number("advance_seconds") { clock.advance(milliseconds: Int64(distance * 1000)) }
        if let skew = try body.integer("date_skew_seconds") { setDateSkew(seconds: skew) }
        switch try body.boolean("frozen") {
        case true: clock.freeze()
        case false: clock.resume()
        case nil: break
        }
        return clockReport
    }

    private var clockReport: JSONValue {
        let now = clock.milliseconds
        return Members([
            "now": .integer(now / 1000), "now_milliseconds": .integer(now), "frozen": .bool(clock.isFrozen),
        ]).value
    }

    private func changeKeys(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["action", "kid", "published"])
        let kid = { try body.required("kid") }
        switch try body.required("action") {
        case "rotate": try changeKeys(.rotate(isPublished: try body.boolean("published") ?? true))
        case "add": try changeKeys(.add)
        case "activate": try changeKeys(.activate(kid: try kid()))
        case "publish": try changeKeys(.publish(kid: try kid()))
        case "remove": try changeKeys(.remove(kid: try kid()))
        case "corrupt": try changeKeys(.corrupt(true))
        case "repair": try changeKeys(.corrupt(false))
        case let other:
            throw SandboxError(
                description: "'action' cannot be '\(other)'. Known: rotate, add, activate, publish, remove, corrupt, "
                    + "repair.")
        }
        return keysReport
    }

    private var keysReport: JSONValue {
        entra.state.withLockedValue { state in
            Members([
                "active": .string(state.keys.active.kid),
                "keys": .array(
                    state.keys.entries.map { entry in
                        Members(["kid": .string(entry.kid), "published": .bool(entry.isPublished)]).value
                    }),
                "corrupt": .bool(state.keys.hasCorruptEntry),
            ]).value
        }
    }

    private func makeToken(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(
            request,
            allowed: ["kind", "user", "app", "scopes", "version", "lifetime_seconds", "claims", "header", "flaw"])
        var order = TokenOrder(
            kind: try body.choice("kind", TokenOrder.Kind.self) ?? .user, user: try body.string("user") ?? "alice",
            clientID: try body.string("app"), scopes: try body.string("scopes") ?? "jobs",
            version: try body.integer("version").map(Int.init), lifetime: try body.integer("lifetime_seconds"),
            flaw: try body.choice("flaw", TokenOrder.Flaw.self))
        for (name, value) in try body.object("claims") { order.claims[name] = value }
        for (name, value) in try body.object("header") { order.header[name] = value }
        return Members(["access_token": .string(try token(order)), "token_type": "Bearer"]).value
    }

    private func revokeTokens(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["revoke"])
        let user = try body.required("revoke")
        revokeDatabricksTokens(user: user == "all" ? nil : user)
        return .ok
    }
}

extension JSONValue {
    /// The answer of a control call that has nothing to tell.
    static let ok: JSONValue = ["ok": true]
}
