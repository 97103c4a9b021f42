internal import CSystemd
internal import Glibc

/// Sockets that the service manager has opened for this process and keeps open beyond its end, so that a restart
/// refuses no connection (sd_listen_fds(3)).
package enum SocketActivation {
    /// One socket that was handed over.
    package struct Socket: Sendable, Equatable {
        /// It stays open until somebody closes it.
        package let descriptor: CInt
        /// `FileDescriptorName=` of the socket unit, else the unit's name; `unknown` when the manager told none.
        package let name: String
        /// Whether it is a stream socket that listens.
        package let isListening: Bool

        /// Describes a socket.
        package init(descriptor: CInt, name: String, isListening: Bool = true) {
            self.descriptor = descriptor
            self.name = name
            self.isListening = isListening
        }
    }

    /// What `LISTEN_FDS`, `LISTEN_PID` and `LISTEN_FDNAMES` say, in the order of the descriptors.
    ///
    /// - Returns: Empty when the variables are missing, malformed or meant for another process.
    package static func sockets() -> [Socket] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe csystemd_listen_sockets(&names)
        defer { unsafe free(names) }
        guard count > 0 else { return [] }
        return (0..<Int(count)).map { index in
            let descriptor = CInt(index) + 3  // SD_LISTEN_FDS_START
            var name = "unknown"
            if let text = unsafe names?[index] {
                name = unsafe String(cString: text)
                unsafe free(text)
            }
            return Socket(
                descriptor: descriptor, name: name, isListening: csystemd_is_listening_stream(descriptor) > 0)
        }
    }
}
