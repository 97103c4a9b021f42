internal import Glibc
package import Observability

/// A small file that the operator or the platform replaces while the server runs: a secret, a certificate, a token.
///
/// Reading blocks, but never for long: regular files only, opened without waiting, of a bounded size.
package struct CredentialFile: Sendable {
    /// Where it is.
    package let path: String
    private let maximumBytes: Int

    /// - Parameters:
    ///   - path: Where it is.
    ///   - maximumBytes: A longer file is not read at all.
    package init(path: String, maximumBytes: Int) {
        self.path = path
        self.maximumBytes = maximumBytes
    }

    /// What changes when the file is replaced or written to.
    package struct Stamp: Sendable, Equatable {
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    /// The file's present state, or `nil` when there is none.
    package var stamp: Stamp? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Stamp(status) : nil
    }

    /// The trimmed text, or `nil` when the file cannot be read, is empty, too long or not UTF-8.
    package func contents() -> Secret? {
        guard var bytes = BoundedFile.bytes(of: path, limit: maximumBytes, kind: .regular) else { return nil }
        defer { BoundedFile.overwrite(&bytes) }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let trimmed = text.drop(while: \.isWhitespace)
        guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return Secret(String(trimmed[...last]))
    }

    /// The secret that the file holds and nothing else (``SecretText``), or `nil` when it holds none.
    package func secret() -> Secret? {
        guard let contents = contents() else { return nil }
        return (try? SecretText.secret(in: contents.revealed.utf8)).map(Secret.init)
    }
}

extension CredentialFile.Stamp {
    fileprivate init(_ status: stat) {
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = Int(status.st_mtim.tv_sec)
        nanoseconds = Int(status.st_mtim.tv_nsec)
    }
}
