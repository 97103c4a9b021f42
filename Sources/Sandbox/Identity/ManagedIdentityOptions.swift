package import JSON

/// How the managed identity endpoints hand out tokens.
package struct ManagedIdentityOptions: Sendable {
    /// How an answer tells when its token expires (E-116).
    package enum Expiry: String, Sendable, CaseIterable {
        /// As the endpoint does it: `expires_on` as a string, at Service Fabric as a number; IMDS adds `expires_in`.
        case usual
        /// `expires_on` as a string of seconds since 1970, and nothing else.
        case string
        /// `expires_on` as a number.
        case number
        /// `expires_in` as a string of seconds, no `expires_on`.
        case relative = "expires-in"
        /// Neither.
        case none
    }

    /// Seconds until a new token expires.
    package var lifetime: Int64 = 86_400
    /// How an answer tells when its token expires.
    package var expiry = Expiry.usual
    /// Whether the platform answers the same token until 5 minutes before it expires, as the real ones do (E-120).
    package var reusesTokens = true
    /// The value of `IDENTITY_HEADER` and `MSI_SECRET`; the real platform rotates it with a restart.
    package var header = SandboxIdentity.identityHeader
    /// Claims that replace those of the tokens; `null` removes one.
    package var claims: [String: JSONValue] = [:]
    /// The file that an Azure Arc challenge names.
    package var arcKeyFile = "/var/opt/azcmagent/tokens/sandbox.key"

    /// The options that a sandbox starts with.
    package init() {}
}
