internal import Glibc

/// Secrets in files: `..._FILE` settings and systemd's `LoadCredential=` (K, "Settings").
struct SecretFiles: Sendable {
    /// The longest file that is read.
    static let maximumBytes = 65_536

    /// What systemd set `CREDENTIALS_DIRECTORY` to, if anything.
    let credentialsDirectory: String?

    init(credentialsDirectory: String? = nil) { self.credentialsDirectory = credentialsDirectory }

    /// The trimmed text of a file of at most 64 KiB, or `nil` when it cannot be read or is empty.
    func contents(of path: String) -> String? {
        guard let file = unsafe fopen(path, "re") else { return nil }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: Self.maximumBytes + 1)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
        guard count > 0, count < bytes.count else { return nil }
        let text = String(decoding: bytes[..<count], as: UTF8.self).trimmed
        return text.isEmpty ? nil : text
    }

    /// A systemd credential by its name.
    func credential(_ name: String) -> String? {
        path(ofCredential: name).flatMap { contents(of: $0) }
    }

    /// Where systemd puts a credential of this name.
    func path(ofCredential name: String) -> String? { credentialsDirectory.map { "\($0)/\(name)" } }

    /// Whether there is anything at `path`.
    func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether this process may read the file at `path`.
    func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }
}
