internal import Foundation

/// A listening socket on loopback that outlives the servers that it is handed to, as a socket unit's does.
package final class HeldSocket: Sendable {
    /// Its port.
    package let port: Int
    private let descriptor: CInt

    /// - Throws: When this machine has no free port.
    package init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 ? getsockname(descriptor, generic, &length) : -1
            }
        }
        guard status == 0, listen(descriptor, 1_024) == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    /// A server gets the socket as a service manager would hand it over, with this name.
    ///
    /// - Parameter name: `LISTEN_FDNAMES`.
    /// - Returns: How to start the server.
    package func handedOver(as name: String = "mcp") -> Way {
        var way = Way()
        way.port = port
        way.input = descriptor
        let script = """
            exec 3<&0 </dev/null
            export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=\(name)
            exec "$@"
            """
        way.wrapper = ["/bin/sh", "-c", script, "sh"]
        return way
    }
}
