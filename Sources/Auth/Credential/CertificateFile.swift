internal import Observability
internal import OpenSSL

/// A PEM file with a certificate and its key, as it was when it was read.
package struct CertificateFile: Sendable {
    /// The longest file that is read.
    package static let maximumBytes = 65_536
    /// A certificate that becomes valid within so many seconds is accepted: the clocks differ.
    package static let tolerance: Int64 = 300

    /// Why the file is of no use: the rest of a sentence about it, without its content.
    package struct Problem: Error, CustomStringConvertible {
        /// What is wrong.
        package let description: String
    }

    /// Where it is.
    package let path: String
    let certificate: ClientCertificate
    let stamp: CredentialFile.Stamp?

    /// Reads and checks the file.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - now: Seconds since 1970: a certificate that has expired is refused.
    /// - Throws: ``Problem``.
    package init(path: String, now: Int64) throws(Problem) {
        let file = CredentialFile(path: path, maximumBytes: Self.maximumBytes)
        stamp = file.stamp
        self.path = path
        guard let text = file.contents() else { throw Problem(description: "cannot be read or is empty") }
        do throws(ClientCertificateError) {
            certificate = try ClientCertificate(pem: text.revealed)
        } catch {
            throw Problem(description: "\(error)")
        }
        guard certificate.validUntil >= now else {
            throw Problem(description: "holds a certificate that has expired; renew it")
        }
        guard certificate.validFrom <= now + Self.tolerance else {
            throw Problem(description: "holds a certificate that is not valid yet; look at the clock")
        }
    }

    /// Whole days until the certificate expires.
    package func daysLeft(at now: Int64) -> Int64 { max(certificate.validUntil - now, 0) / 86_400 }

    /// Whether the file has been replaced or written to since.
    var hasChanged: Bool { CredentialFile(path: path, maximumBytes: Self.maximumBytes).stamp != stamp }
}
