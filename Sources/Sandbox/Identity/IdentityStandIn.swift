internal import JSON
internal import NIOConcurrencyHelpers
internal import OpenSSL

/// The stand-in for the managed identity endpoints; its one identity is user-assigned (E-175).
final class IdentityStandIn: Sendable {
    struct State: Sendable {
        var script = IdentityScript.ok
        var options = ManagedIdentityOptions() {
            didSet { tokens = [:] }
        }
        /// The tokens that the platform keeps, by audience.
        fileprivate var tokens: [String: IssuedToken] = [:]
    }

    /// What must be in `Authorization: Basic` after a challenge of Azure Arc.
    static let arcKey = "sandbox-arc-key-2026"

    let state = NIOLockedValueBox(State())
    private let clock: SandboxClock
    private let entra: EntraStandIn

    init(clock: SandboxClock, entra: EntraStandIn) {
        self.clock = clock
        self.entra = entra
    }

    func reset() { state.withLockedValue { $0 = State() } }

    /// Answers a request for one of the endpoints.
    func respond(to request: SandboxRequest, endpoint: IdentityEndpoint) -> SandboxReply {
        let step = state.withLockedValue { $0.script.next() }
        let correlationID = entra.state.withLockedValue { $0.random.uuid() }
        switch step {
        case .drop: return .silence
        case .garbage: return .text(200, "garbage", type: "application/json")
        case .unreachable:
            return .text(
                403, "connecting to 169.254.169.254:80: A socket operation was attempted to an unreachable network.")
        case .status(let status, let retryAfter):
            let reply = endpoint.refusal(
                status, "scripted_outcome", "The request was refused (scripted outcome).", correlationID: correlationID)
            return retryAfter.map { reply.adding("Retry-After", $0) } ?? reply
        case .ok, .slow, .emptyToken: break
        }
        var reply = answer(request, endpoint, isEmpty: step == .emptyToken, correlationID)
        if case .slow(let milliseconds) = step { reply.delayMilliseconds = milliseconds }
        return reply
    }

    private func answer(
        _ request: SandboxRequest, _ endpoint: IdentityEndpoint, isEmpty: Bool, _ correlationID: String
    ) -> SandboxReply {
        let options = state.withLockedValue { $0.options }
        do throws(IdentityRefusal) {
            let audience = try endpoint.check(request, options)
            if endpoint == .arc, !request.hasArcKey {
                return SandboxReply(
                    status: 401, headers: [("WWW-Authenticate", "Basic realm=\(options.arcKeyFile)")])
            }
            let token = try token(for: audience)
            return .json(200, Self.body(token, endpoint, options, isEmpty: isEmpty, now: clock.seconds))
        } catch {
            return endpoint.refusal(error.status, error.code, error.message, correlationID: correlationID)
        }
    }

    private func token(for audience: String) throws(IdentityRefusal) -> IssuedToken {
        let now = clock.seconds
        let options = state.withLockedValue { $0.options }
        let kept = state.withLockedValue { $0.tokens[audience] }
        if options.reusesTokens, let kept, kept.expiresAt - 300 > now { return kept }
        let issued = entra.state.withLockedValue { entra in
            entra.managedIdentityToken(audience, lifetime: options.lifetime, overrides: options.claims, now: now)
        }
        guard let issued else { throw IdentityRefusal(500, "internal_error", "Signing failed.") }
        state.withLockedValue { $0.tokens[audience] = issued }
        return issued
    }

    private static func body(
        _ token: IssuedToken, _ endpoint: IdentityEndpoint, _ options: ManagedIdentityOptions, isEmpty: Bool, now: Int64
    ) -> JSONValue {
        var members = Members(["access_token": .string(isEmpty ? "" : token.text)])
        members.add("client_id", .string(SandboxIdentity.identityClientID))
        let left = JSONValue.string(String(token.expiresAt - now))
        let end = JSONValue.string(String(token.expiresAt))
        switch options.expiry {
        case .none: break
        case .relative: members.add("expires_in", left)
        case .number: members.add("expires_on", .integer(token.expiresAt))
        case .string: members.add("expires_on", end)
        case .usual where endpoint == .serviceFabric: members.add("expires_on", .integer(token.expiresAt))
        case .usual:
            members.add("expires_on", end)
            if endpoint == .instanceMetadata {
                members.append(Members(["expires_in": left, "ext_expires_in": left]))
                members.append(Members(["not_before": .string(String(token.issuedAt)), "refresh_token": ""]))
            }
        }
        members.append(Members(["resource": .string(token.audience), "token_type": "Bearer"]))
        return members.value
    }
}

/// A managed identity's token.
struct IssuedToken: Sendable {
    let text: String
    let audience: String
    /// Seconds since 1970.
    let issuedAt: Int64
    /// Seconds since 1970.
    let expiresAt: Int64
}

extension EntraState {
    /// A token of the sandbox's managed identity; `nil` when OpenSSL fails.
    fileprivate mutating func managedIdentityToken(
        _ audience: String, lifetime: Int64, overrides: [String: JSONValue], now: Int64
    ) -> IssuedToken? {
        let claims = templates(now: now, lifetime: lifetime).managedIdentity(
            clientID: SandboxIdentity.identityClientID, principalID: SandboxIdentity.identityPrincipalID,
            audience: audience)
        let changed = claims.overridden(by: Members(sortedByName: overrides))
        guard let text = try? signed(changed, version: 2) else { return nil }
        return IssuedToken(text: text, audience: audience, issuedAt: now, expiresAt: now + lifetime)
    }
}
