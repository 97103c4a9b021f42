internal import Auth
internal import Jobs
internal import Observability

/// Gives a call its Databricks tokens: a user's from one cache, an application's from the other, never across (E-88).
struct WorkspaceTokens: Sendable {
    let users: OBOTokenCache
    let applications: ApplicationTokenCache

    /// The tokens of one caller.
    func provider(for caller: AuthenticatedCaller) -> any WorkspaceTokenProviding {
        switch caller {
        case .user(let principal): UserWorkspaceTokens(principal: principal, cache: users)
        case .application(let principal): ApplicationWorkspaceTokens(principal: principal, cache: applications)
        }
    }
}

/// The workspace tokens of one signed-in user.
private struct UserWorkspaceTokens: WorkspaceTokenProviding {
    let principal: Principal
    let cache: OBOTokenCache

    var identity: WorkspaceIdentity { .signedInUser }

    /// The user's own permissions in the workspace decide about everything.
    func require(_ access: JobsAccess) {}

    func workspaceToken(deadline: ContinuousClock.Instant) async throws -> WorkspaceToken {
        let started = ContinuousClock.now
        defer { RequestContext.current?.addWorkspaceToken(ContinuousClock.now - started) }
        let token = try await cache.token(for: principal, deadline: deadline)
        return WorkspaceToken(secret: token.secret, id: token.id)
    }

    func discardWorkspaceToken(_ token: WorkspaceToken) async {
        cache.discard(tokenID: token.id, for: principal)
    }

    func discardWorkspaceToken(_ token: WorkspaceToken, demanding encodedClaims: String) async {
        await cache.discard(tokenID: token.id, for: principal, demanding: encodedClaims)
    }
}

/// The workspace tokens that this server's own service principal gives to an application, as far as its roles go.
private struct ApplicationWorkspaceTokens: WorkspaceTokenProviding {
    let principal: ApplicationPrincipal
    let cache: ApplicationTokenCache

    var identity: WorkspaceIdentity { .servicePrincipal }

    func require(_ access: JobsAccess) throws {
        let roles = principal.roles
        let (role, isGranted) =
            switch access {
            case .read: (roles.names.read, roles.mayRead)
            case .run: (roles.names.run, roles.mayRun)
            }
        guard isGranted else {
            throw MissingRole(role: role, tool: RequestContext.current?.tool ?? "this tool", granted: roles.text)
        }
    }

    func workspaceToken(deadline: ContinuousClock.Instant) async throws -> WorkspaceToken {
        let started = ContinuousClock.now
        defer { RequestContext.current?.addWorkspaceToken(ContinuousClock.now - started) }
        let token = try await cache.token(deadline: deadline)
        return WorkspaceToken(secret: token.secret, id: token.id)
    }

    func discardWorkspaceToken(_ token: WorkspaceToken) async { cache.discard(tokenID: token.id) }
}
