internal import Auth
internal import Glibc
internal import Observability

/// Secrets in files: `..._FILE` settings and systemd's `LoadCredential=` (E-156).
struct SecretFiles: Sendable {
    /// The longest file that is read.
    static let maximumBytes = 65_536

    /// What systemd set `CREDENTIALS_DIRECTORY` to, if anything.
    let credentialsDirectory: String?

    init(credentialsDirectory: String? = nil) { self.credentialsDirectory = credentialsDirectory }

    /// The trimmed text of a file of at most 64 KiB, or `nil` when it cannot be read or is empty.
    func contents(of path: String) -> String? {
        BoundedFile.contents(of: path, limit: Self.maximumBytes)?.trimmed.nonEmpty
    }

    /// The secret that a file of at most 64 KiB holds and nothing else, or what is wrong with the file.
    func secret(at path: String) -> Result<String, SettingAdvice> {
        guard let bytes = BoundedFile.bytes(of: path, limit: Self.maximumBytes) else {
            return .failure(SettingAdvice("cannot be read; check the path and its permissions"))
        }
        do throws(SecretText.Problem) { return .success(try SecretText.secret(in: bytes)) } catch {
            return .failure(SettingAdvice("\(error)"))
        }
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

extension String {
    /// `nil` instead of nothing.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
