package import JSON
internal import NIOConcurrencyHelpers

// Managed identity and workload identity, for tests in the same process.

extension Sandbox {
    /// Scripts what the managed identity endpoints do.
    ///
    /// Each request to any of them takes one step; the last one stays. Steps: `ok`, an HTTP status such as `410`,
    /// `status:429:7` with `Retry-After`, `unreachable` (403 of a machine outside of Azure), `slow:250` in milliseconds,
    /// `drop`, `garbage`, `empty-token`.
    /// - Throws: ``SandboxError`` when there is no such step.
    package func scriptManagedIdentity(_ steps: [String]) throws {
        let parsed = try steps.map { text in
            guard let step = IdentityScript.Step(text) else {
                throw SandboxError(description: "'\(text)' is no outcome that can be scripted.")
            }
            return step
        }
        identity.state.withLockedValue { $0.script = IdentityScript(steps: parsed) }
    }

    /// Changes how the managed identity endpoints hand out tokens; kept tokens are forgotten.
    package func changeManagedIdentity(_ change: (inout ManagedIdentityOptions) -> Void) {
        identity.state.withLockedValue { change(&$0.options) }
    }

    /// The options in force.
    package var managedIdentityOptions: ManagedIdentityOptions { identity.state.withLockedValue { $0.options } }

    /// What a file with a projected service-account token may hold (E-112).
    package enum ServiceAccountTokenState: String, Sendable, CaseIterable {
        /// A new token; written again, a rotated one.
        case valid
        /// A token that expired an hour ago.
        case expired
        /// Nothing.
        case empty
        /// 20 KiB that begin like a token.
        case tooLarge = "too-large"
        /// Words that are no token.
        case garbage
        /// No file at all.
        case missing
    }

    /// A projected service-account token of the stand-in cluster.
    ///
    /// - Parameters:
    ///   - lifetime: Seconds until it expires.
    ///   - claims: Claims that replace those of the token; `null` removes one.
    /// - Returns: The compact token.
    /// - Throws: ``CryptoError`` when OpenSSL fails.
    package func serviceAccountToken(lifetime: Int64 = 3600, claims: [String: JSONValue] = [:]) throws -> String {
        let now = clock.seconds
        let outcome = entra.state.withLockedValue { state in
            Result { try state.serviceAccountToken(lifetime: lifetime, overrides: claims, now: now) }
        }
        return try outcome.get()
    }

    /// Writes the file that `AZURE_FEDERATED_TOKEN_FILE` names, as the kubelet does: a reader sees the old or the new one.
    ///
    /// - Parameters:
    ///   - path: Absolute. A file that holds anything but a token is not replaced.
    ///   - state: What the file shall hold.
    ///   - claims: Claims that replace those of the token; `null` removes one.
    /// - Throws: ``SandboxError`` when the path is not usable.
    package func writeServiceAccountToken(
        to path: String, _ state: ServiceAccountTokenState = .valid, claims: [String: JSONValue] = [:]
    ) throws {
        guard path.hasPrefix("/") else { throw SandboxError(description: "'\(path)' is not an absolute path.") }
        if SmallFile.exists(path), !Self.mayReplace(path) {
            throw SandboxError(description: "'\(path)' holds something else than a token; it is left alone.")
        }
        let token = try serviceAccountToken(claims: state == .expired ? Self.expired(claims, clock) : claims)
        switch state {
        case .missing: try SmallFile.remove(path)
        case .empty: try SmallFile.write([], to: path)
        case .garbage: try SmallFile.write(Array("eyJ: no token\n".utf8), to: path)
        case .tooLarge:
            let padding = String(repeating: "A", count: 20 * 1024 - token.utf8.count)
            try SmallFile.write(Array("\(token)\(padding)".utf8), to: path)
        case .valid, .expired: try SmallFile.write(Array("\(token)\n".utf8), to: path)
        }
    }

    /// Nothing but a token or an empty file is overwritten: the path may come from a request.
    private static func mayReplace(_ path: String) -> Bool {
        SmallFile.prefix(of: path, count: 3).map { $0.isEmpty || $0 == Array("eyJ".utf8) } ?? false
    }

    private static func expired(_ claims: [String: JSONValue], _ clock: SandboxClock) -> [String: JSONValue] {
        let now = clock.seconds
        return ["iat": .integer(now - 7200), "nbf": .integer(now - 7200), "exp": .integer(now - 3600)]
            .merging(claims) { $1 }
    }
}
