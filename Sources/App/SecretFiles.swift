internal import Glibc

/// Secrets in files: `..._FILE` settings and systemd's `LoadCredential=` (K, "Settings").
struct SecretFiles: Sendable {
    /// What systemd set `CREDENTIALS_DIRECTORY` to, if anything.
    let credentialsDirectory: String?

    init(credentialsDirectory: String? = nil) { self.credentialsDirectory = credentialsDirectory }

    /// The trimmed text of a file of at most 64 KiB, or `nil` when it cannot be read or is empty.
    func contents(of path: String) -> String? {
        guard let file = unsafe fopen(path, "re") else { return nil }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 65_537)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
        guard count > 0, count < bytes.count else { return nil }
        let text = String(decoding: bytes[..<count], as: UTF8.self).trimmed
        return text.isEmpty ? nil : text
    }

    /// A systemd credential by its name.
    func credential(_ name: String) -> String? {
        credentialsDirectory.flatMap { contents(of: "\($0)/\(name)") }
    }

    /// Whether this process may read the file at `path`.
    func isReadable(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }
}
