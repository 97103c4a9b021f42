internal import Observability

/// One step of token validation.
///
/// The order is the order of the checks: the first that fails names the reason.
package enum TokenCheck: String, Sendable, CaseIterable {
    /// Size, three segments, canonical base64url (E-01, E-02).
    case form
    /// The header is strict JSON with a usable `kid` and nothing critical (E-04).
    case header
    /// The token is not one for a Microsoft API (E-05).
    case firstParty = "first_party"
    /// RS256 and nothing else (E-03).
    case algorithm
    /// The payload is strict JSON with members of the right types (E-09, E-12).
    case payload
    /// The tenant publishes the key (E-06).
    case key
    /// The key made the signature (E-07).
    case signature
    /// v2.0, or v1.0 where that is switched on, and as the issuer says (E-16, E-17).
    case version
    /// The issuer is the tenant's, and the key may sign for it (E-08, E-31).
    case issuer
    /// The tenant is ours (E-09).
    case tenant
    /// The token is for this application (E-11).
    case audience
    /// Not past its validity (E-12).
    case expiry
    /// Not before its validity (E-12).
    case notBefore = "not_before"
    /// An access token, of a user or of an application (E-13, E-84).
    case kind
    /// It names the object in the directory (E-15).
    case object
    /// The client may call (E-18).
    case client
    /// Guests may call, or it is none (E-19).
    case guest
    /// It carries the required scopes (E-14), or for applications a role (E-81).
    case permission
}

/// How one check ended, with what it saw and expected: a row of the table that explains a token.
package struct TokenCheckResult: Sendable, Equatable {
    /// How a check can end.
    package enum Outcome: Sendable, Equatable {
        /// As it should be.
        case passed
        /// Refused, for this reason.
        case failed(TokenRejection.Reason)
        /// Not decidable, because an earlier check failed.
        case notReached
    }

    /// Which check.
    package let check: TokenCheck
    /// How it ended.
    package let outcome: Outcome
    /// What the token has, cut and cleaned (E-153).
    package let seen: String?
    /// What this server expects.
    package let expected: String?

    static func passed(_ check: TokenCheck, seen: String? = nil) -> TokenCheckResult {
        TokenCheckResult(check: check, outcome: .passed, seen: seen.map { LogSafeText.clean($0) }, expected: nil)
    }

    static func failed(
        _ check: TokenCheck, _ reason: TokenRejection.Reason, seen: String? = nil, expected: String? = nil
    ) -> TokenCheckResult {
        TokenCheckResult(
            check: check, outcome: .failed(reason), seen: seen.map { LogSafeText.clean($0) }, expected: expected)
    }

    static func notReached(_ check: TokenCheck) -> TokenCheckResult {
        TokenCheckResult(check: check, outcome: .notReached, seen: nil, expected: nil)
    }

    /// The reason, when the check failed.
    package var reason: TokenRejection.Reason? {
        if case .failed(let reason) = outcome { reason } else { nil }
    }
}
