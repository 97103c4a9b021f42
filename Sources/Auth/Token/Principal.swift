internal import NIOConcurrencyHelpers
package import Observability
package import OpenSSL

/// A signed-in user on whose behalf this server acts: what a validated token proved, and the token itself (E-23).
///
/// Made by ``BearerAuthenticator`` only. An application that calls for itself is an ``ApplicationPrincipal``, another
/// type, so that its token can never be exchanged On-Behalf-Of (E-52, E-88).
package struct Principal: Sendable {
    private let identity: VerifiedIdentity
    /// Short names of the delegated scopes.
    package let scopes: [String]
    /// SHA-256 of the token: names it in caches and, by its first digits, in the log (E-60, E-152).
    package let tokenDigest: SHA256Digest
    private let token: InboundToken

    init(_ identity: VerifiedIdentity, scopes: [String], tokenDigest: SHA256Digest, token: InboundToken) {
        self.identity = identity
        self.scopes = scopes
        self.tokenDigest = tokenDigest
        self.token = token
    }

    /// The token as it was sent: the assertion of the On-Behalf-Of exchange, sent to the authority only (E-51).
    ///
    /// Copied when it is first asked for, which only an exchange does; other requests leave the bytes where they arrived.
    package var assertion: Secret { token.secret }

    /// Who this is, as the log shows it.
    package var facts: CallerFacts { identity.facts }

    /// Our tenant.
    package var tenantID: GUID { identity.tenantID }
    /// The user's object in the directory; with the tenant the only key to a user (E-15).
    package var objectID: GUID { identity.objectID }
    /// The application that the user signed in to.
    package var clientID: String? { identity.clientID }
    /// The token's own id (`uti`), as the sign-in log shows it.
    package var tokenID: String? { identity.tokenID }
    /// When the token expires, in seconds since 1970.
    package var expiresAt: Int64 { identity.expiresAt }
    /// Whether the client declared that it handles claims challenges (E-101).
    package var handlesClaimsChallenges: Bool { identity.handlesClaimsChallenges }
}

/// A bearer token where it lies in the request's headers, and the one copy of it once somebody wants one; prints neither.
final class InboundToken: Sendable {
    private enum State {
        case arrived(Substring)
        case copied(Secret)
    }

    private let state: NIOLockedValueBox<State>

    init(_ text: Substring) { state = NIOLockedValueBox(.arrived(text)) }

    /// A copy that is overwritten when the last holder lets it go.
    var secret: Secret {
        state.withLockedValue { state in
            switch state {
            case .copied(let secret): return secret
            case .arrived(let text):
                let secret = Secret(text)
                state = .copied(secret)
                return secret
            }
        }
    }
}

extension InboundToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "<redacted>" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
