internal import Systemd

/// The listening sockets that the service manager handed over, by what they are for.
struct HandedOverSockets: Sendable, Equatable {
    /// Those of the public listener; several where a socket unit lists several addresses.
    private(set) var mcp: [CInt] = []
    /// Those of the operators' listener.
    private(set) var metrics: [CInt] = []

    /// Nothing was handed over.
    init() {}

    /// Sorts sockets by their names: `mcp` and `metrics`, and all others are public if there is none of that name.
    ///
    /// - Throws: What is wrong with the socket unit.
    init(_ sockets: [SocketActivation.Socket]) throws(SettingsError) {
        if let odd = sockets.first(where: { !$0.isListening }) {
            throw Self.problem("descriptor \(odd.descriptor) is no stream socket that listens; use ListenStream=")
        }
        metrics = sockets.filter { $0.name == "metrics" }.map(\.descriptor)
        mcp = sockets.filter { $0.name == "mcp" }.map(\.descriptor)
        let others = sockets.filter { $0.name != "mcp" && $0.name != "metrics" }
        guard !others.isEmpty else { return }
        // Without FileDescriptorName= all sockets of a unit have one name, the unit's.
        guard mcp.isEmpty, Set(others.map(\.name)).count == 1 else {
            throw Self.problem(
                "names sockets that are for nothing: \(others.map(\.name.excerpt).joined(separator: ", ")); set "
                    + "FileDescriptorName= to mcp or metrics")
        }
        mcp = others.map(\.descriptor)
    }

    private static func problem(_ advice: String) -> SettingsError {
        SettingsError(problems: [SettingProblem(name: "LISTEN_FDS", advice: advice)])
    }
}
