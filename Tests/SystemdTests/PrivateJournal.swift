internal import Glibc
internal import TestSupport
internal import Testing

/// A stand-in for the journal's socket, in a mount namespace that only the calling thread is in.
///
/// The socket's path is fixed in libsystemd. Everything must happen on the thread that made it, without suspending.
struct PrivateJournal {
    private typealias Unshare = @convention(c) (CInt) -> CInt
    private typealias Mount =
        @convention(c) (
            UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, CUnsignedLong, UnsafeRawPointer?
        ) -> CInt

    private static let newNamespace: CInt = 0x0002_0000  // CLONE_NEWNS
    private static let privateForAll: CUnsignedLong = 1 << 18 | 1 << 14  // MS_PRIVATE | MS_REC

    private let socket: DatagramSocket

    /// - Returns: `nil` where the process may not have a namespace of its own, as when it is not root.
    init?() throws {
        // Swift's Glibc module has neither function.
        let unshare = unsafe unsafeBitCast(try #require(dlsym(nil, "unshare")), to: Unshare.self)
        let mount = unsafe unsafeBitCast(try #require(dlsym(nil, "mount")), to: Mount.self)
        guard unshare(PrivateJournal.newNamespace) == 0 else { return nil }
        guard unsafe mount("none", "/", nil, PrivateJournal.privateForAll, nil) == 0,
            unsafe mount("tmpfs", "/run", "tmpfs", 0, nil) == 0
        else { return nil }
        try #require(unsafe mkdir("/run/systemd", 0o755) == 0 && mkdir("/run/systemd/journal", 0o755) == 0)
        socket = try DatagramSocket(path: "/run/systemd/journal/socket")
    }

    /// The next entry.
    func receive() throws -> [UInt8] { try socket.receive() }
}
