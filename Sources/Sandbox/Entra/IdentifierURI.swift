/// The rules for identifier URIs of an application registration (E-131).
package enum IdentifierURI {
    /// What is wrong with `uri`; `nil` when it can be registered.
    ///
    /// Plain `http` is taken for loopback only, where the real service takes it nowhere.
    package static func problem(_ uri: String) -> String? {
        let schemes = ["api://", "https://", "http://127.0.0.1", "http://localhost"]
        guard schemes.contains(where: { uri.hasPrefix($0) && uri.count > $0.count }) else {
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
