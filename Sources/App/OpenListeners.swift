internal import HTTPServer
internal import HTTPSyntax
internal import NIOConcurrencyHelpers
internal import NIOCore

/// The listeners that accept connections, for those who must know where they are.
final class OpenListeners: Sendable {
    /// Where a listener can be reached from this machine.
    enum Address: Sendable, Equatable, CustomStringConvertible {
        /// `http://` and the rest of the authority.
        case network(host: String, port: Int)
        /// A socket in the file system.
        case path(String)

        init?(_ address: SocketAddress?) {
            if let path = address?.pathname, !path.isEmpty {
                self = .path(path)
            } else if let host = address?.ipAddress, let port = address?.port {
                self = .network(host: host, port: port)
            } else {
                return nil
            }
        }

        var description: String {
            switch self {
            case .network(let host, let port): "\(Authority(address: host, port: port))"
            case .path(let path): path
            }
        }
    }

    private let channels = NIOLockedValueBox<[(name: String, channel: any Channel)]>([])

    /// A listener has begun to accept connections.
    func add(_ name: String, _ channel: any Channel) { channels.withLockedValue { $0.append((name, channel)) } }

    /// The addresses of the listeners of this name, in the order in which they were opened.
    func addresses(of name: String) -> [Address] {
        channels.withLockedValue { $0 }.compactMap { $0.name == name ? Address($0.channel.localAddress) : nil }
    }

    /// Leaves further connections to the listeners of this name in their sockets' queues.
    func stopAccepting(_ name: String) async {
        for entry in channels.withLockedValue({ $0 }) where entry.name == name {
            await HTTPListener.stopAccepting(entry.channel)
        }
    }
}
