internal import HTTPSyntax

/// The rules for identifier URIs of an application registration (E-131).
package enum IdentifierURI {
    /// What is wrong with `uri`; `nil` when it can be registered.
    ///
    /// Plain `http` is taken for loopback only, where the real service takes it nowhere.
    package static func problem(_ uri: String) -> String? {
        guard let parts = URLParts(uri), !parts.authority.isEmpty,
            parts.scheme == "api" || parts.scheme == "https"
                || parts.scheme == "http" && Authority(parts.authority)?.isLoopback == true
        else {
            return
                "'\(uri)' cannot be an identifier URI: it must begin with api:// or https://, or be a loopback address."
        }
        guard !uri.hasSuffix("/") else { return "'\(uri)' cannot be an identifier URI: it ends with a slash." }
        guard uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !uri.contains("#"), !uri.contains("?") else {
            return "'\(uri)' cannot be an identifier URI: it has a blank, a query or a fragment."
        }
        return nil
    }
}
