internal import Auth
internal import Jobs

/// The workspace tokens of one signed-in user: where `Jobs`' need meets `Auth`'s cache.
struct UserWorkspaceTokens: WorkspaceTokenProviding {
    let principal: Principal
    let cache: OBOTokenCache

    func workspaceToken(deadline: ContinuousClock.Instant) async throws -> WorkspaceToken {
        let token = try await cache.token(for: principal, deadline: deadline)
        return WorkspaceToken(secret: token.secret, id: token.id)
    }

    func discardWorkspaceToken(_ token: WorkspaceToken) async {
        cache.discard(tokenID: token.id, for: principal)
    }
}
