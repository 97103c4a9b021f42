internal import Glibc
internal import Testing

/// A Unix datagram socket that listens at a path: what a service manager or a journal has, without either of them.
final class DatagramSocket {
    private let descriptor: CInt
    private let path: String

    /// - Parameter path: At most 107 bytes; nothing may be there yet.
    /// - Throws: When the socket cannot be made there.
    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
        try #require(descriptor >= 0)
        // Bounds the wait for a message that does not come.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        try #require(
            unsafe setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size)) == 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let status = unsafe withUnsafeBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress else { return CInt(-1) }
            return unsafe bind(
                descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(MemoryLayout<sockaddr_un>.size))
        }
        try #require(status == 0, "cannot listen at \(path)")
    }

    deinit {
        close(descriptor)
        unsafe unlink(path)
    }

    /// The next message.
    func receive() throws -> [UInt8] {
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, initialized in
            unsafe count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            initialized = max(0, count)
        }
        try #require(count >= 0, "no message has come")
        return bytes
    }

    /// The next message, as text.
    func receiveText() throws -> String { try String(decoding: receive(), as: UTF8.self) }
}

/// A path of its own for each call, short enough for a socket.
func socketPath() -> String { "/tmp/test-\(getpid())-\(UInt32.random(in: 0 ... .max)).socket" }
