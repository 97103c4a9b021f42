internal import JSON

/// The JOSE header of a token, unverified: its algorithm, key id and type.
///
/// Members that could bring a key of their own, `jku`, `jwk`, `x5u` and `x5c`, are not read (E-04).
struct TokenHeader: Sendable {
    /// Longer ones are no key id of Entra ID's, and would only fill the memory of unknown ids (E-35).
    static let maximumKeyIDLength = 256

    let algorithm: String?
    let keyID: String?
    let type: String?
    /// Microsoft's mark for tokens that only its own APIs can check (E-05).
    let hasNonce: Bool
    /// Why the header cannot be used, or `nil` (E-04).
    let problem: String?

    /// - Returns: `nil` unless `bytes` are one strict JSON object without duplicate names.
    init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONDocument(parsing: bytes, limits: .token), document.root.isObject else {
            return nil
        }
        let root = document.root
        algorithm = root["alg"]?.string
        keyID = root["kid"]?.string
        type = root["typ"]?.string
        hasNonce = root["nonce"] != nil
        problem = Self.problem(root, keyID: keyID, type: type)
    }

    private static func problem(_ root: JSONElement, keyID: String?, type: String?) -> String? {
        if root["crit"] != nil { return "crit present" }
        guard let keyID, !keyID.isEmpty else { return root["kid"] == nil ? "kid absent" : "kid not a text" }
        if keyID.utf8.count > maximumKeyIDLength { return "kid too long" }
        guard root["typ"] != nil else { return nil }
        guard let type, ["jwt", "at+jwt"].contains(type.lowercased()) else { return "typ not JWT" }
        return nil
    }
}
