package import Observability

/// Gives one caller's tokens for the workspace: what this module needs from authentication, and all it knows of it.
///
/// A value of a conforming type stands for one signed-in caller; every Databricks call is made as that caller (K-01).
package protocol WorkspaceTokenProviding: Sendable {
    /// Whose rights decide in the workspace.
    var identity: WorkspaceIdentity { get }

    /// Refuses what this caller may not do at all, before a token is obtained or anything is sent (E-85).
    ///
    /// - Throws: A `CallerFacingError` that names what is missing.
    func require(_ access: JobsAccess) throws

    /// A token that Databricks accepts for this caller, from a cache or fresh.
    ///
    /// - Parameter deadline: Bound on the whole exchange.
    /// - Returns: A token that is valid now.
    /// - Throws: A `CallerFacingError` that tells the caller what to do.
    func workspaceToken(deadline: ContinuousClock.Instant) async throws -> WorkspaceToken

    /// Says that Databricks refused `token`, so that the next one is fresh (E-66).
    func discardWorkspaceToken(_ token: WorkspaceToken) async

    /// Says the same, and what Databricks demands of the next token (E-66).
    ///
    /// - Parameters:
    ///   - token: What was refused.
    ///   - encodedClaims: The claims of Databricks' challenge, in Base64 as received.
    func discardWorkspaceToken(_ token: WorkspaceToken, demanding encodedClaims: String) async
}

extension WorkspaceTokenProviding {
    /// For callers whose tokens cannot be made to order.
    package func discardWorkspaceToken(_ token: WorkspaceToken, demanding encodedClaims: String) async {
        await discardWorkspaceToken(token)
    }
}

/// What a tool does to the workspace.
package enum JobsAccess: Sendable {
    /// Looks at jobs and runs.
    case read
    /// Starts a job.
    case run
}

/// As whom the workspace sees a caller.
package enum WorkspaceIdentity: Sendable, Equatable {
    /// The person who signed in.
    case signedInUser
    /// This server's own service principal, on behalf of an application (E-87).
    case servicePrincipal
}

/// A bearer token for the workspace.
package struct WorkspaceToken: Sendable, Hashable {
    /// The token itself, sent to the workspace and nowhere else.
    package let secret: Secret
    /// Names the token towards its provider, without being it.
    package let id: UInt64

    /// Creates a token; `id` is whatever the provider needs to find its cache entry again.
    package init(secret: Secret, id: UInt64) {
        self.secret = secret
        self.id = id
    }
}
