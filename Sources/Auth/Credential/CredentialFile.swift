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
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
        defer { Self.overwrite(&bytes) }
        guard let count = read(from: descriptor, into: &bytes), count <= maximumBytes else { return nil }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else { return nil }
        let trimmed = text.drop(while: \.isWhitespace)
        guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return Secret(String(trimmed[...last]))
    }

    /// The secret that the file holds and nothing else (``SecretText``), or `nil` when it holds none.
    package func secret() -> Secret? {
        guard let contents = contents() else { return nil }
        return (try? SecretText.secret(in: contents.revealed.utf8)).map(Secret.init)
    }

    private static func overwrite(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) }
        }
    }

    /// Fills `bytes` as far as the file reaches.
    private func read(from descriptor: CInt, into bytes: inout [UInt8]) -> Int? {
        var count = 0
        while count < bytes.count {
            let received = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if received == 0 { break }
            guard received > 0 else { return nil }
            count += received
        }
        return count
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
