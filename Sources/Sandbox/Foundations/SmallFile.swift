internal import Glibc

/// Reading and writing small files, one system call at a time.
package enum SmallFile {
    /// Writes a file that only its owner may read, in one step for those who read it meanwhile.
    ///
    /// - Throws: ``SandboxError`` that names the path and the system's reason.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let draft = "\(path).\(getpid())"
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("write", draft) }
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
        let status = close(file)
        guard written == bytes.count, status == 0, unsafe rename(draft, path) == 0 else { throw failure("write", path) }
    }

    /// Removes a file; one that is not there is not missed.
    ///
    /// - Throws: ``SandboxError`` that names the path and the system's reason.
    package static func remove(_ path: String) throws {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    /// The first bytes of a file; `nil` when it cannot be read.
    static func prefix(of path: String, count: Int) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var size = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe size = read(file, buffer.baseAddress, count)
            initialized = max(size, 0)
        }
        return size < 0 ? nil : bytes
    }

    /// Whether anything has this path.
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    private static func failure(_ verb: String, _ path: String) -> SandboxError {
        let reason = unsafe String(cString: strerror(errno))
        return SandboxError(description: "Cannot \(verb) '\(path)': \(reason).")
    }
}
