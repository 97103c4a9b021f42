internal import HTTPSyntax
internal import JSON

/// A tenant's key document, RFC 7517 section 5, as far as it is usable.
package struct JWKSDocument: Sendable {
    /// More keys than this are no document of Entra ID's (E-37).
    static let maximumKeys = 200

    /// The usable keys; of two with the same id the first.
    let entries: [JSONWebKey]
    /// How many were left out because they are malformed, of another kind or too weak (E-07).
    let skipped: Int

    /// How many keys can be used.
    package var count: Int { entries.count }

    /// Reads the document; one bad key does not spoil the others.
    ///
    /// - Throws: ``JWKSError`` when it is no key document, has too many keys, or none that can be used. An empty set is
    ///   taken for a fault and not for the withdrawal of all keys: Entra ID always publishes several.
    package init(parsing bytes: [UInt8]) throws(JWKSError) {
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes, limits: .upstream) } catch { throw .malformed }
        guard document.root.hasUniqueNames, let keys = document.root["keys"], keys.isArray else { throw .malformed }
        guard keys.count <= Self.maximumKeys else { throw .tooManyKeys }
        var entries: [JSONWebKey] = []
        for element in keys.elements {
            guard let entry = JSONWebKey(element), !entries.contains(where: { $0.id == entry.id }) else { continue }
            entries.append(entry)
        }
        guard !entries.isEmpty else { throw .noUsableKey }
        self.entries = entries
        skipped = keys.count - entries.count
    }
}

extension JSONWebKey {
    /// - Returns: `nil` unless the element is an RSA key for signatures with an id and canonical numbers (E-07), and
    ///   names each member once: of a key with two moduli nobody can say which one is meant.
    fileprivate init?(_ element: JSONElement) {
        guard element.hasUniqueNames, element["kty"]?.string == "RSA", let id = element["kid"]?.string, !id.isEmpty,
            id.utf8.count <= TokenHeader.maximumKeyIDLength,
            let modulus = element["n"]?.string.flatMap({ Base64URL.decode(strictly: $0) }),
            let exponent = element["e"]?.string.flatMap({ Base64URL.decode(strictly: $0) })
        else { return nil }
        if let use = element["use"], use.string != "sig" { return nil }
        if let algorithm = element["alg"], algorithm.string != "RS256" { return nil }
        if let issuer = element["issuer"], issuer.string == nil { return nil }
        self.init(
            id: id, modulus: modulus, exponent: exponent, issuer: element["issuer"]?.string,
            cloudInstanceName: element["cloud_instance_name"]?.string)
    }
}

/// Why a key document could not be had.
package enum JWKSError: Error, Sendable, Equatable {
    /// No complete answer; the text is the transport's.
    case unreachable(String)
    /// An answer with another status than 200; redirects are not followed (E-37).
    case status(Int)
    /// Not a JSON document with a list of keys.
    case malformed
    /// More keys than ``JWKSDocument/maximumKeys``.
    case tooManyKeys
    /// No key that could check a signature.
    case noUsableKey

    /// The metric label: one of a closed set.
    var outcome: String {
        switch self {
        case .unreachable: "unreachable"
        case .status: "status"
        case .malformed, .tooManyKeys, .noUsableKey: "malformed"
        }
    }

    /// What happened, for the operator.
    package var detail: String {
        switch self {
        case .unreachable(let detail): "no answer: \(detail)"
        case .status(let status): "HTTP status \(status)"
        case .malformed: "not a key document"
        case .tooManyKeys: "more than \(JWKSDocument.maximumKeys) keys"
        case .noUsableKey: "no usable RSA key"
        }
    }
}
