internal import JSON

/// The results that are the same for every caller, serialised once.
struct ServerResults: Sendable {
    /// The result of `server/discover` (MOD-03, MOD-05).
    let discover: [UInt8]
    /// The result of `tools/list` in the modern era (MOD-06).
    let modernTools: [UInt8]
    /// The result of `tools/list` in the legacy era (L-01).
    let legacyTools: [UInt8]
    /// The result of `ping` (L-05).
    let pong: [UInt8] = Array("{}".utf8)
    /// The value of `_meta` in every other modern result (MOD-02).
    let stamp: JSONValue
    /// The same as bytes.
    let stampBytes: [UInt8]
    private let initialize: [ProtocolVersion: [UInt8]]

    init(_ server: ServerDescription, tools: [JSONValue]) {
        let titled: JSONValue = [
            "name": .string(server.name), "title": .string(server.title), "version": .string(server.version),
        ]
        stamp = [MetaKey.serverInfo: ["name": .string(server.name), "version": .string(server.version)]]
        stampBytes = stamp.serialized
        discover = Self.discover(server, titled).serialized
        modernTools = Self.modernTools(tools, stamp).serialized
        legacyTools = (["tools": .array(tools)] as JSONValue).serialized
        initialize = Dictionary(
            uniqueKeysWithValues: ProtocolVersion.allCases.map { ($0, Self.initialize($0, server, titled).serialized) })
    }

    /// The result of `initialize` in the revision that was negotiated (L-01).
    func initialize(_ version: ProtocolVersion) -> [UInt8] { initialize[version] ?? [] }

    private static func discover(_ server: ServerDescription, _ info: JSONValue) -> JSONValue {
        [
            "resultType": "complete",
            "supportedVersions": .array(ProtocolVersion.advertised.map { .string($0.rawValue) }),
            "capabilities": server.offersLogging ? ["tools": [:], "logging": [:]] : ["tools": [:]],
            "instructions": .string(server.instructions), "ttlMs": 3_600_000, "cacheScope": "public",
            "_meta": [MetaKey.serverInfo: info],
        ]
    }

    private static func modernTools(_ tools: [JSONValue], _ stamp: JSONValue) -> JSONValue {
        [
            "resultType": "complete", "tools": .array(tools), "ttlMs": 300_000, "cacheScope": "public", "_meta": stamp,
        ]
    }

    private static func initialize(
        _ version: ProtocolVersion, _ server: ServerDescription, _ info: JSONValue
    ) -> JSONValue {
        [
            "protocolVersion": .string(version.rawValue), "capabilities": ["tools": [:]], "serverInfo": info,
            "instructions": .string(server.instructions),
        ]
    }
}
