internal import NIOConcurrencyHelpers

// Users and what happens to them, for tests in the same process.

extension Sandbox {
    /// Scripts what the token endpoint does when a token is asked for on a person's behalf (E-176).
    ///
    /// Each request takes one step; the last one stays. Steps: `ok`, an AADSTS code such as `50076`, an HTTP status
    /// such as `503`, `status:429:7` with `Retry-After`, `claims:{...}`, `step-up:{...}`, `slow:250` in milliseconds, `drop`,
    /// `garbage`, `variant:refresh-in` and the other variants of a successful answer.
    /// - Parameters:
    ///   - user: The short name or the object id.
    ///   - steps: In order.
    /// - Throws: ``SandboxError`` when there is no such user or step.
    package func script(user: String, _ steps: [String]) throws {
        let script = try Self.outcomes(steps)
        try changeUser(user) { $0.script = script }
    }

    /// Scripts what the token endpoint does when a client redeems a person's codes and refresh tokens.
    ///
    /// A code is spent by a request that is refused; a refresh token is not.
    /// - Throws: ``SandboxError`` when there is no such user or step.
    package func script(signInsOf user: String, _ steps: [String]) throws {
        let script = try Self.outcomes(steps)
        try changeUser(user) { $0.signInScript = script }
    }

    /// Scripts what the token endpoint does when an application asks for a token in its own name.
    ///
    /// - Throws: ``SandboxError`` when there is no such application or step.
    package func script(app: String, _ steps: [String]) throws {
        let script = try Self.outcomes(steps)
        try changeApplication(app) { $0.script = script }
    }

    private static func outcomes(_ steps: [String]) throws -> OutcomeScript {
        OutcomeScript(
            steps: try steps.map { text in
                guard let step = OutcomeScript.Step(text) else {
                    throw SandboxError(description: "'\(text)' is no outcome that can be scripted.")
                }
                return step
            })
    }

    /// Revokes the refresh tokens issued so far (50173), of one person or of all.
    ///
    /// - Parameter user: The short name or the object id; `nil` for all.
    /// - Throws: ``SandboxError`` when there is no such user.
    package func revokeSessions(user: String? = nil) throws {
        let name = try user.map { try self.user($0).name }
        entra.state.withLockedValue { state in
            for (text, grant) in state.grants.refreshTokens where name == nil || grant.user == name {
                state.grants.refreshTokens[text]?.isRevoked = true
            }
        }
    }

    /// Makes the authorize endpoint ask on a page who signs in, or approve at once.
    package func setLoginPage(_ isShown: Bool) { entra.state.withLockedValue { $0.grants.showsLoginPage = isShown } }

    /// Adds a person to the directory, or replaces one of the same name.
    ///
    /// - Parameters:
    ///   - name: The short name.
    ///   - isGuest: Whether tokens carry the claims of a guest.
    ///   - access: What the person may do in the workspace; `nil` for no member of it.
    /// - Returns: The object id.
    @discardableResult
    package func addUser(_ name: String, isGuest: Bool = false, access: WorkspaceAccess? = .run) -> String {
        let objectID = entra.state.withLockedValue { state in
            let objectID = state.user(name)?.objectID ?? state.random.uuid()
            state.users.removeAll { $0.name == name }
            state.users.append(
                DirectoryUser(
                    name: name, objectID: objectID, displayName: name, principalName: "\(name)@contoso.example",
                    isGuest: isGuest))
            return objectID
        }
        setAccess(access, objectID: objectID, userName: "\(name)@contoso.example")
        return objectID
    }

    /// What somebody may do with a job, from looking to starting runs (D-98).
    package enum WorkspaceAccess: String, Sendable, CaseIterable {
        /// Nothing.
        case none
        /// See jobs and runs.
        case view
        /// See them and start runs.
        case run

        fileprivate var level: WorkspaceMember.Level { WorkspaceMember.Level(rawValue: rawValue) ?? .none }
    }

    /// Sets what a person may do with all jobs; `nil` removes the person from the workspace.
    ///
    /// - Throws: ``SandboxError`` when there is no such user.
    package func setAccess(user: String, _ access: WorkspaceAccess?) throws {
        let found = try self.user(user)
        setAccess(access, objectID: found.objectID, userName: found.principalName)
    }

    /// Sets what a person may do with one job.
    ///
    /// - Throws: ``SandboxError`` when there is no such user.
    package func setAccess(user: String, jobID: Int64, _ access: WorkspaceAccess) throws {
        let found = try self.user(user)
        workspace.state.withLockedValue { state in
            var member =
                state.members[found.objectID] ?? WorkspaceMember(userName: found.principalName, base: .none)
            member.levels[jobID] = access.level
            state.members[found.objectID] = member
        }
    }

    private func setAccess(_ access: WorkspaceAccess?, objectID: String, userName: String) {
        workspace.state.withLockedValue { state in
            state.members[objectID] = access.map { WorkspaceMember(userName: userName, base: $0.level) }
        }
    }

    func user(_ nameOrID: String) throws -> DirectoryUser {
        guard let user = entra.state.withLockedValue({ $0.user(nameOrID) }) else {
            throw SandboxError(description: "There is no user '\(nameOrID)'.")
        }
        return user
    }

    func changeUser(_ nameOrID: String, _ change: (inout DirectoryUser) -> Void) throws {
        let found = try user(nameOrID)
        entra.state.withLockedValue { state in
            guard let index = state.users.firstIndex(where: { $0.objectID == found.objectID }) else { return }
            change(&state.users[index])
        }
    }
}
