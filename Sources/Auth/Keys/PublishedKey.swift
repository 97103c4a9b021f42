internal import OpenSSL
internal import Synchronization

/// One entry of a tenant's key document: what was written there, before any arithmetic.
struct JSONWebKey: Sendable, Hashable {
    let id: String
    /// Big-endian.
    let modulus: [UInt8]
    /// Big-endian.
    let exponent: [UInt8]
    /// The issuer that the key signs for, possibly with `{tenantid}` in it (E-31).
    let issuer: String?
    let cloudInstanceName: String?
}

/// A signing key of the tenant, for as long as the tenant publishes it.
///
/// The object outlives a refresh that brings the same key again, and every cached verdict refers to it: withdrawing
/// the key makes those verdicts worthless at once, without a walk through them (E-24, E-38).
final class PublishedKey: Sendable {
    let entry: JSONWebKey
    let verifier: VerificationKey
    /// Until when the key may be used, in nanoseconds of ``MonotonicTime``; 0 once it is withdrawn.
    private let usableUntil: Atomic<Int64>

    /// - Throws: ``CryptoError`` when the numbers are no key that E-07 allows.
    init(_ entry: JSONWebKey) throws(CryptoError) {
        self.entry = entry
        verifier = try VerificationKey(modulus: entry.modulus, exponent: entry.exponent)
        usableUntil = Atomic(0)
    }

    var id: String { entry.id }
    var issuer: String? { entry.issuer }

    /// Whether the tenant still publishes the key, as far as we know, and we know it recently enough (E-36).
    func isUsable(at now: MonotonicTime) -> Bool { now.nanoseconds < usableUntil.load(ordering: .relaxed) }

    /// Prolongs the key after a refresh that contained it.
    func renew(until deadline: MonotonicTime) { usableUntil.store(deadline.nanoseconds, ordering: .relaxed) }

    /// Ends the key after a refresh that did not contain it.
    func withdraw() { usableUntil.store(0, ordering: .relaxed) }

    /// Whether the key may sign tokens of `issuer` (E-31).
    ///
    /// - Parameters:
    ///   - issuer: The token's `iss`, already found acceptable.
    ///   - tenantID: The token's `tid`, which replaces `{tenantid}` in a template.
    ///   - cloud: Our cloud's name; `nil` accepts a key of any.
    /// - Returns: `true` for a key that names neither issuer nor cloud.
    func maySign(for issuer: String, tenantID: String?, cloud: String?) -> Bool {
        if let cloud, let own = entry.cloudInstanceName, own != cloud { return false }
        guard let template = entry.issuer else { return true }
        guard let placeholder = template.firstRange(of: "{tenantid}") else { return template == issuer }
        return template[..<placeholder.lowerBound] + (tenantID ?? "") + template[placeholder.upperBound...] == issuer
    }
}
