internal import Dispatch
internal import Glibc

/// A Unix datagram socket that listens at a path: what a service manager or a journal has, without either of them.
package final class DatagramSocket: Sendable {
    /// A message has not come, or the socket could not be made.
    package struct Failure: Error, CustomStringConvertible {
        /// What failed.
        package let description: String
    }

    private let descriptor: CInt
    private let path: String

    /// - Parameter path: At most 107 bytes; nothing may be there yet.
    /// - Throws: When the socket cannot be made there.
    package init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
        try Self.check(descriptor >= 0, "no socket")
        // Bounds the wait for a message that does not come.
        var patience = timeval(tv_sec: Int(Patience.long.components.seconds), tv_usec: 0)
        let isBounded =
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size)) == 0
        try Self.check(isBounded, "no time limit")
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let status = unsafe withUnsafeBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress else { return CInt(-1) }
            return unsafe bind(
                descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
        }
        try Self.check(status == 0, "cannot listen at \(path)")
    }

    private static func check(_ condition: Bool, _ problem: String) throws {
        if !condition { throw Failure(description: problem) }
    }

    deinit {
        close(descriptor)
        unsafe unlink(path)
    }

    /// The next message, or what the file holds that was sent in its place, as the journal gets what is too long.
    ///
    /// - Throws: When none comes in time.
    package func receive() throws -> [UInt8] {
        let (bytes, file) = try receiveWithFile()
        guard let file else { return bytes }
        defer { close(file) }
        return try Self.contents(of: file)
    }

    /// The next message, as text.
    ///
    /// - Throws: When none comes in time.
    package func receiveText() throws -> String { try String(decoding: receive(), as: UTF8.self) }

    /// The next message, as text; waits beside the threads that tasks run on.
    ///
    /// - Throws: When none comes in time.
    package func nextText() async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try self.receiveText() }) }
        }
    }

    /// The next message and the file descriptor that came with it (SCM_RIGHTS, unix(7)).
    private func receiveWithFile() throws -> (bytes: [UInt8], file: CInt?) {
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        // A header of 16 bytes, then one descriptor.
        var control = [UInt8](repeating: 0, count: 64)
        var controlLength = 0
        let count = unsafe bytes.withUnsafeMutableBytes { data in
            unsafe control.withUnsafeMutableBytes { ancillary in
                var vector = unsafe iovec(iov_base: data.baseAddress, iov_len: data.count)
                return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                    var message = unsafe msghdr()
                    unsafe message.msg_iov = vector
                    unsafe message.msg_iovlen = 1
                    unsafe message.msg_control = ancillary.baseAddress
                    unsafe message.msg_controllen = ancillary.count
                    defer { controlLength = unsafe Int(message.msg_controllen) }
                    return unsafe recvmsg(descriptor, &message, 0)
                }
            }
        }
        try Self.check(count >= 0, "no message has come")
        let header = MemoryLayout<cmsghdr>.size
        guard controlLength >= header + 4 else { return (Array(bytes[..<count]), nil) }
        return (Array(bytes[..<count]), control[header..<header + 4].reversed().reduce(0) { $0 << 8 | CInt($1) })
    }

    private static func contents(of file: CInt) throws -> [UInt8] {
        var status = stat()
        try Self.check(unsafe fstat(file, &status) == 0, "no file")
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
        try Self.check(count == bytes.count, "the file cannot be read")
        return bytes
    }
}

/// A path of its own for each call, short enough for a socket.
package func socketPath() -> String { "/tmp/test-\(getpid())-\(UInt32.random(in: 0 ... .max)).socket" }
