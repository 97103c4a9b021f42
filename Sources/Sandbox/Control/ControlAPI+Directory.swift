internal import JSON
internal import NIOConcurrencyHelpers

// Users and sign-in over HTTP.

extension Sandbox {
    func makeUser(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["name", "guest", "access", "roles", "script", "sign_in_script"])
        let name = try body.required("name")
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw SandboxError(description: "'name' must be a word of ASCII characters.")
        }
        let access = try body.has("access") ? body.choice("access", WorkspaceAccess.self) : .run
        addUser(name, isGuest: try body.boolean("guest") ?? false, access: access)
        try apply(body, to: name)
        return try report(name)
    }

    func changeUser(_ user: String, _ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["script", "sign_in_script", "access", "jobs", "roles"])
        _ = try self.user(user)
        if body.has("access") { try setAccess(user: user, try body.choice("access", WorkspaceAccess.self)) }
        for (name, value) in try body.object("jobs") {
            guard let jobID = Int64(name), case .string(let text) = value, let access = WorkspaceAccess(rawValue: text)
            else { throw SandboxError(description: "'jobs' must map job ids to none, view or run.") }
            try setAccess(user: user, jobID: jobID, access)
        }
        try apply(body, to: user)
        return try report(user)
    }

    private func apply(_ body: ControlBody, to user: String) throws {
        if let steps = try body.strings("script") { try script(user: user, steps) }
        if let steps = try body.strings("sign_in_script") { try script(signInsOf: user, steps) }
        if let roles = try body.strings("roles") { try changeUser(user) { $0.roles = roles } }
    }

    private func report(_ user: String) throws -> JSONValue { report(try self.user(user)) }

    private func report(_ user: DirectoryUser) -> JSONValue {
        let member = workspace.state.withLockedValue { $0.members[user.objectID] }
        var report = Members([
            "name": .string(user.name), "oid": .string(user.objectID), "user_name": .string(user.principalName),
            "guest": .bool(user.isGuest),
        ])
        report.add("access", member.map { .string($0.base.rawValue) } ?? .null)
        let levels = (member?.levels ?? [:]).sorted { $0.key < $1.key }
        var jobs = Members()
        for (jobID, level) in levels { jobs.add(String(jobID), .string(level.rawValue)) }
        report.add("jobs", jobs.value)
        return report.value
    }

    var usersReport: JSONValue {
        let users = entra.state.withLockedValue { $0.users }
        return Members(["users": .array(users.map { report($0) })]).value
    }

    func setEntra(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["token_lifetime_seconds"])
        if body.has("token_lifetime_seconds") {
            setTokenLifetime(seconds: try body.integer("token_lifetime_seconds"))
        }
        return .ok
    }

    func setSignIn(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["user", "outcome", "page", "strict_resource", "revoke"])
        let name = try body.string("user").map { try user($0).name }
        let outcome = try body.choice("outcome", GrantStore.SignIn.self)
        let isStrict = try body.boolean("strict_resource")
        if let isShown = try body.boolean("page") { setLoginPage(isShown) }
        if let user = try body.string("revoke") { try revokeSessions(user: user == "all" ? nil : user) }
        entra.state.withLockedValue { state in
            if let name { state.grants.signInUser = name }
            if let outcome { state.grants.signIn = outcome }
            if let isStrict { state.isResourceRuleStrict = isStrict }
        }
        return .ok
    }
}
