internal import Systemd
internal import Testing

@testable import App

@Suite struct HandedOverSocketsTests {
    private func sockets(_ names: String...) -> [SocketActivation.Socket] {
        names.enumerated().map { SocketActivation.Socket(descriptor: CInt($0) + 3, name: $1) }
    }

    @Test("Names decide; the only unnamed one, or those of one unit, are public")
    func names() throws {
        #expect(try HandedOverSockets([]) == HandedOverSockets())
        let both = try HandedOverSockets(sockets("mcp", "metrics"))
        #expect(both.mcp == [3] && both.metrics == [4])
        let unnamed = try HandedOverSockets(sockets("metrics", "databricks-jobs-mcp.socket"))
        #expect(unnamed.mcp == [4] && unnamed.metrics == [3])
        let pair = try HandedOverSockets(sockets("mcp", "mcp"))
        #expect(pair.mcp == [3, 4] && pair.metrics.isEmpty, "IPv4 and IPv6 of one unit")
        #expect(try HandedOverSockets(sockets("unknown", "unknown")).mcp == [3, 4])
    }

    @Test("A socket that is for nothing is named, and one that does not listen as well")
    func refused() throws {
        for names in [["mcp", "http"], ["one", "two"]] {
            let error = #expect(throws: SettingsError.self) {
                try HandedOverSockets(names.map { SocketActivation.Socket(descriptor: 3, name: $0) })
            }
            #expect(error?.description.hasPrefix("LISTEN_FDS: names sockets that are for nothing: ") == true)
        }
        let error = #expect(throws: SettingsError.self) {
            try HandedOverSockets([SocketActivation.Socket(descriptor: 5, name: "mcp", isListening: false)])
        }
        #expect(
            error?.description
                == "LISTEN_FDS: descriptor 5 is no stream socket that listens; use ListenStream=")
    }
}
