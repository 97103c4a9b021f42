internal import HTTPSyntax
internal import JSON
internal import NIOConcurrencyHelpers
internal import OpenSSL

/// The tenant's signing keys: several published, one in use, in an order that means nothing (E-06, E-171).
struct KeyRing: Sendable {
    struct Entry: Sendable {
        let kid: String
        let key: SigningKey
        let verifier: VerificationKey
        /// DER.
        let certificate: [UInt8]
        var isPublished: Bool

        /// Whether this key signed `token`.
        func signed(_ token: CompactToken) -> Bool {
            (try? verifier.isValid(signature: token.signature, of: token.signedBytes)) ?? false
        }
    }

    private(set) var entries: [Entry] = []
    private var activeIndex = 0
    /// Whether the document holds an entry that no client can use, between two good ones.
    var hasCorruptEntry = false

    /// Two published keys, the first in use.
    init() throws(CryptoError) {
        _ = try add(isPublished: true)
        _ = try add(isPublished: true)
    }

    /// Makes a further key and does not use it yet, as Entra does before a rollover (E-38).
    ///
    /// - Returns: Its `kid`.
    mutating func add(isPublished: Bool) throws(CryptoError) -> String {
        let kid = Self.kid(entries.count)
        let key = try SigningKeyPool.key(entries.count)
        let verifier = try VerificationKey(modulus: key.modulus, exponent: key.exponent)
        let certificate = try SelfSignedCertificate.make(key: key, name: "sandbox signing key")
        entries.append(
            Entry(kid: kid, key: key, verifier: verifier, certificate: certificate, isPublished: isPublished))
        return kid
    }

    /// Makes a further key and signs with it from now on.
    mutating func rotate(isPublished: Bool) throws(CryptoError) -> String {
        let kid = try add(isPublished: isPublished)
        activeIndex = entries.count - 1
        return kid
    }

    /// Signs with another key from now on; `false` when there is no such key.
    mutating func activate(_ kid: String) -> Bool {
        guard let index = entries.firstIndex(where: { $0.kid == kid }) else { return false }
        activeIndex = index
        return true
    }

    /// Publishes a key or withdraws it; `false` when there is no such key.
    mutating func setPublished(_ isPublished: Bool, _ kid: String) -> Bool {
        guard let index = entries.firstIndex(where: { $0.kid == kid }) else { return false }
        entries[index].isPublished = isPublished
        return true
    }

    func entry(_ kid: String) -> Entry? { entries.first { $0.kid == kid } }

    /// The key in use.
    var active: Entry { entries[activeIndex] }

    /// The document of 7.3; only the second version names issuers.
    func document(version: Int, issuer: String, issuerTemplate: String) -> JSONValue {
        var keys = entries.filter(\.isPublished).enumerated().map { index, entry in
            var members = Members([
                "kty": "RSA", "use": "sig", "kid": .string(entry.kid), "x5t": .string(entry.kid),
                "n": .string(Base64URL.encode(entry.key.modulus)), "e": .string(Base64URL.encode(entry.key.exponent)),
                "x5c": .array([.string(Base64.encode(entry.certificate))]),
                "cloud_instance_name": .string(EntraAddress.cloudInstanceName),
            ])
            if version == 2 { members.add("issuer", .string(index == 0 ? issuer : issuerTemplate)) }
            return members.value
        }
        if hasCorruptEntry { keys.insert(Self.corruptEntry, at: min(1, keys.count)) }
        return Members(["keys": .array(keys)]).value
    }

    private static let corruptEntry = Members([
        "kty": "RSA", "use": "sig", "kid": "k-corrupt", "x5t": "k-corrupt", "n": "not*base64url", "e": "AQAB",
    ]).value

    /// `k-2026-a` to `k-2026-z`, then `k-2026-a1` and so on.
    private static func kid(_ index: Int) -> String {
        let letter = Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(index % 26)))
        return "k-2026-\(letter)\(index < 26 ? "" : String(index / 26))"
    }
}

/// Keys made once per process: making one takes about 0.1 s, and every test starts a sandbox.
enum SigningKeyPool {
    /// The key of the stand-in cluster, which is none of the tenant's.
    static let clusterIndex = -1

    private static let keys = NIOLockedValueBox<[Int: SigningKey]>([:])

    static func key(_ index: Int) throws(CryptoError) -> SigningKey {
        let result = keys.withLockedValue { keys -> Result<SigningKey, CryptoError> in
            do throws(CryptoError) {
                if let key = keys[index] { return .success(key) }
                let key = try SigningKey(generatingBits: 2048)
                keys[index] = key
                return .success(key)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
