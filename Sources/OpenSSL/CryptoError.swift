internal import COpenSSL

/// Why a cryptographic operation could not be carried out.
///
/// A signature that does not match is no error: ``VerificationKey/isValid(signature:of:)`` answers `false`.
package struct CryptoError: Error, Sendable, Equatable {
    /// A closed list, fit for a metric label.
    package enum Reason: String, Sendable, CaseIterable {
        /// The bytes or text are not a key of the expected kind.
        case malformedKey = "malformed_key"
        /// A key, but one that this project does not accept: too short, too long, or with a bad exponent (E-07).
        case unsupportedKey = "unsupported_key"
        /// OpenSSL failed for a reason of its own, for example lack of memory or of entropy.
        case internalFailure = "internal_failure"
    }

    /// What went wrong.
    package let reason: Reason

    /// OpenSSL's own words, for the operator; empty when OpenSSL had none.
    ///
    /// Never holds key material.
    package let detail: String

    /// Takes everything out of the calling thread's error queue, which would otherwise taint the next call.
    static func drainingErrorQueue(_ reason: Reason) -> CryptoError {
        var texts: [String] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            if let text = unsafe ERR_reason_error_string(code) { unsafe texts.append(String(cString: text)) }
        }
        return CryptoError(reason: reason, detail: texts.joined(separator: "; "))
    }
}

extension CryptoError: CustomStringConvertible {
    /// The reason and OpenSSL's own words.
    package var description: String {
        detail.isEmpty ? reason.rawValue : "\(reason.rawValue): \(detail)"
    }
}
