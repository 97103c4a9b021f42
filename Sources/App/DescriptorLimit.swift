internal import Glibc

/// How many files and connections this process may have open, setrlimit(2).
struct DescriptorLimit: Equatable {
    /// Connections of the operators' listener.
    static let operatorsConnections = 64

    /// The limit in force, and what this process may raise it to.
    var soft, hard: Int
    /// Descriptors that no public connection takes: those to the workspace and to Entra ID, of which the identity endpoint
    /// and the collector leave enough; the operators' connections; and 64 for event loops, workers, the log and files.
    var reserve = reserve(connectionsPerHost: 128)

    private static func reserve(connectionsPerHost: Int) -> Int { 2 * connectionsPerHost + operatorsConnections + 64 }

    /// Raises the limit so that `connections` public ones fit beside ``reserve``, as far as the process may.
    ///
    /// - Parameters:
    ///   - connections: Connections to the public listener.
    ///   - connectionsPerHost: Connections that the server may have open to one host.
    /// - Returns: How many connections fit.
    static func makeRoom(for connections: Int, connectionsPerHost: Int) -> Int {
        guard var limit = current else { return connections }
        limit.reserve = reserve(connectionsPerHost: connectionsPerHost)
        let raised = limit.raised(for: connections)
        if raised != limit.soft { set(raised, of: limit) }
        limit.soft = current?.soft ?? limit.soft
        return limit.room(for: connections)
    }

    /// The limit in force that `connections` ask for.
    func raised(for connections: Int) -> Int { max(soft, min(hard, connections + reserve)) }

    /// How many of `connections` fit; where the limit is small, half of it is theirs.
    func room(for connections: Int) -> Int { min(connections, max(soft - reserve, soft / 2)) }

    private static var current: DescriptorLimit? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return DescriptorLimit(soft: Int(clamping: limit.rlim_cur), hard: Int(clamping: limit.rlim_max))
    }

    /// A limit that cannot be raised stays as it is, which ``makeRoom(for:)`` looks at.
    private static func set(_ soft: Int, of limit: DescriptorLimit) {
        var wanted = rlimit(rlim_cur: rlim_t(soft), rlim_max: rlim_t(limit.hard))
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &wanted)
    }
}
