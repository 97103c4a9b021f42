internal import Glibc

/// Reads small files whole: a secret, a certificate, a setting, what the kernel says.
package enum BoundedFile {
    /// What may be behind a path.
    package enum Kind: Sendable {
        /// A file on a disk or in memory: opened without waiting, so that reading blocks, but never for long.
        case regular
        /// Anything that can be read to its end, standard input and pipes included: waits for whoever writes.
        case any
    }

    /// The bytes of the file at `path`.
    ///
    /// They are read into the array that is returned, so that a caller who overwrites it leaves no copy.
    ///
    /// - Returns: `nil` when the file cannot be read, is of another kind, or has more than `limit` bytes.
    package static func bytes(of path: String, limit: Int, kind: Kind = .any) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | (kind == .regular ? O_NONBLOCK : 0))
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard kind == .any || isRegular(file) else { return nil }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let received = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(file, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if received == 0 { break }
            guard received > 0 || errno == EINTR else {
                overwrite(&bytes)
                return nil
            }
            count += max(received, 0)
        }
        guard count <= limit else {
            overwrite(&bytes)
            return nil
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The text of the file at `path`, U+FFFD standing for what is no UTF-8; `nil` as ``bytes(of:limit:kind:)`` has it.
    package static func contents(of path: String, limit: Int) -> String? {
        bytes(of: path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Zeroes `bytes`, which the compiler cannot leave out.
    package static func overwrite(_ bytes: inout [UInt8]) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { unsafe explicit_bzero(start, buffer.count) }
        }
    }

    private static func isRegular(_ file: CInt) -> Bool {
        var status = stat()
        return unsafe fstat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
