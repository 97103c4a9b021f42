internal import Observability

/// The Databricks token of this server's own service principal, which acts for applications (E-87).
package actor ApplicationTokenCache {
    /// Creates an empty cache.
    package init() {}

    /// Returns a token of the service principal.
    ///
    /// - Throws: ``OBOError`` when there is none.
    package nonisolated func token(deadline: ContinuousClock.Instant) async throws -> AccessToken {
        throw OBOError(.configuration, detail: "no credential for applications", reference: .current)
    }

    /// Forgets the token with this ``AccessToken/id`` after Databricks has refused it (E-66).
    package nonisolated func discard(tokenID: UInt64) {}
}
