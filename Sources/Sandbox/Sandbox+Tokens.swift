internal import JSON
internal import NIOConcurrencyHelpers
internal import OpenSSL

// Tokens and keys, for tests in the same process.

extension Sandbox {
    /// A sound access token of a person for the server's application.
    ///
    /// - Parameter user: The short name or the object id.
    /// - Returns: The compact token.
    /// - Throws: ``SandboxError`` when there is no such user.
    package func token(user: String) throws -> String { try token(TokenOrder(user: user)) }

    /// An access token of a person with one flaw; see ``TokenOrder/Flaw``.
    package func token(user: String, flaw: TokenOrder.Flaw) throws -> String {
        try token(TokenOrder(user: user, flaw: flaw))
    }

    /// A token to order.
    ///
    /// - Throws: ``SandboxError`` when there is no such user or application.
    package func token(_ order: TokenOrder) throws -> String {
        let now = clock.seconds
        let outcome = entra.state.withLockedValue { state in Result { try state.forge(order, now: now) } }
        return try outcome.get()
    }

    /// Sets how long the tokens live that are issued from now on; `nil` draws 60 to 90 minutes, as Entra ID does.
    ///
    /// - Parameter seconds: For example 86,400, as with continuous access evaluation.
    package func setTokenLifetime(seconds: Int64?) {
        entra.state.withLockedValue { $0.tokenLifetime = seconds }
    }

    /// What can be done to the signing keys.
    package enum KeyChange: Sendable, Equatable {
        /// A new key signs from now on; unpublished, it is unknown to everyone who fetches the keys.
        case rotate(isPublished: Bool)
        /// A new key is published but not used yet.
        case add
        /// Another key signs from now on.
        case activate(kid: String)
        /// An unpublished key is published.
        case publish(kid: String)
        /// A key is withdrawn from the document (E-38).
        case remove(kid: String)
        /// The document gets an entry that no client can use, or loses it.
        case corrupt(Bool)
    }

    /// Changes the signing keys.
    ///
    /// - Returns: The `kid` of the key in use afterwards.
    /// - Throws: ``SandboxError`` when there is no such key.
    @discardableResult
    package func changeKeys(_ change: KeyChange) throws -> String {
        let outcome = entra.state.withLockedValue { state in Result { try state.keys.apply(change) } }
        return try outcome.get()
    }

    /// The `kid` of each key in the document, in its order.
    package var publishedKeyIDs: [String] {
        entra.state.withLockedValue { $0.keys.entries.filter(\.isPublished).map(\.kid) }
    }

    /// Makes the workspace refuse the Databricks tokens issued so far, of one user or of all.
    ///
    /// - Parameter user: The short name or the object id; `nil` for all.
    package func revokeDatabricksTokens(user: String? = nil) {
        entra.state.withLockedValue { state in
            let objectID = user.map { state.user($0)?.objectID ?? $0 }
            for (id, token) in state.databricksTokens where objectID == nil || token.objectID == objectID {
                state.databricksTokens[id]?.isRevoked = true
            }
        }
    }
}

extension KeyRing {
    mutating func apply(_ change: Sandbox.KeyChange) throws -> String {
        var unknown: String?
        switch change {
        case .rotate(let isPublished): _ = try rotate(isPublished: isPublished)
        case .add: _ = try add(isPublished: true)
        case .activate(let kid): unknown = activate(kid) ? nil : kid
        case .publish(let kid): unknown = setPublished(true, kid) ? nil : kid
        case .remove(let kid): unknown = setPublished(false, kid) ? nil : kid
        case .corrupt(let isCorrupt): hasCorruptEntry = isCorrupt
        }
        if let unknown { throw SandboxError(description: "There is no key '\(unknown)'.") }
        return active.kid
    }
}
