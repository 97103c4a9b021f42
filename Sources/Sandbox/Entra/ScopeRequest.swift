/// What a `scope` and a `resource` parameter ask for together (E-173).
struct ScopeRequest: Sendable {
    static let openIDScopes: Set<String> = ["openid", "profile", "email", "offline_access"]

    /// The OpenID Connect scopes among them.
    let openID: Set<String>
    /// The application that the other scopes belong to.
    let resource: Application?
    /// The other scopes by their short names; `.default` stands for all that the application defines.
    let names: [String]
    /// The scopes as they were asked for.
    let text: String

    /// Whether the scopes name the application by its client id, not by one of its URIs.
    var namesClientID: Bool { resource.map { text.contains("\($0.clientID)/") && !text.contains("://") } ?? false }

    /// Whether a refresh token is wanted.
    var wantsRefreshToken: Bool { openID.contains("offline_access") }

    /// The scopes as a token's `scp` claim has them.
    var claim: String {
        names == [".default"] ? (resource?.scopes ?? []).joined(separator: " ") : names.joined(separator: " ")
    }
}

extension EntraState {
    /// Takes a `scope` apart and applies the rule that ties `resource` to it.
    ///
    /// - Throws: ``EntraError`` with 900144, 70011, 500011, 650053 or 9010010.
    func scopeRequest(_ scope: String?, resource: String?) throws(EntraError) -> ScopeRequest {
        guard let scope, !scope.isEmpty else { throw .missingParameter("scope") }
        var openID: Set<String> = []
        var names: [String] = []
        var prefixes: Set<String> = []
        for word in scope.split(separator: " ").map(String.init) {
            if ScopeRequest.openIDScopes.contains(word) {
                openID.insert(word)
                continue
            }
            guard let slash = word.lastIndex(of: "/") else {
                // A bare name belongs to Microsoft Graph, which has no such scope.
                throw resource == nil
                    ? EntraError(650053, "The scope '\(word.prefix(64))' does not exist on the resource.")
                    : EntraError(9_010_010)
            }
            prefixes.insert(String(word[..<slash]))
            names.append(String(word[word.index(after: slash)...]))
        }
        guard !openID.isEmpty || !names.isEmpty else { throw EntraError(70011) }
        let target = try application(named: prefixes)
        try check(resource, target: target, prefixes: prefixes)
        if names.contains(".default"), names.count > 1 {
            throw EntraError(70011, "'.default' must not be combined with other scopes.")
        }
        if let target, let unknown = names.first(where: { $0 != ".default" && !target.scopes.contains($0) }) {
            throw EntraError(650053, "The scope '\(unknown.prefix(64))' does not exist on the resource.")
        }
        return ScopeRequest(openID: openID, resource: target, names: names, text: scope)
    }

    private func application(named prefixes: Set<String>) throws(EntraError) -> Application? {
        var found: Application?
        for prefix in prefixes {
            guard let application = applications.first(where: { $0.isNamed(by: prefix) }) else {
                throw .unknownResource(prefix)
            }
            if let other = found, other.clientID != application.clientID {
                throw EntraError(70011, "The scopes belong to more than one resource.")
            }
            found = application
        }
        return found
    }

    private func check(_ resource: String?, target: Application?, prefixes: Set<String>) throws(EntraError) {
        guard let resource else { return }
        let fits = isResourceRuleStrict ? prefixes == [resource] : target?.isNamed(by: resource) == true
        guard fits else { throw EntraError(9_010_010) }
    }
}
