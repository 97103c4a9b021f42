internal import JSON
package import Observability

extension MCPSummary {
    /// The era the request was answered in.
    package var era: Era? { facts.era.flatMap(Era.init) }

    /// The revision the request was answered in.
    package var protocolVersion: ProtocolVersion? { facts.version.flatMap(ProtocolVersion.init) }

    /// Adds what a request says about itself that was classified as `version`, or refused before that.
    func note(_ request: RPCRequest, _ version: ProtocolVersion?) {
        note { facts in
            if let method = request.method { facts.method = method.rawValue }
            facts.version = version?.rawValue
            facts.era = version.map { $0.isModern ? Era.modern.rawValue : Era.legacy.rawValue }
        }
        noteClient(in: request.params)
    }

    /// Adds what the parameters of a message, valid or not, say about the client, which only `initialize` does outside
    /// of `_meta`.
    func noteClient(in params: JSONElement?) {
        guard let info = params?["_meta"]?[MetaKey.clientInfo] ?? params?["clientInfo"] else { return }
        let (name, version) = (info["name"]?.string?.quotable, info["version"]?.string?.quotable)
        note { ($0.clientName, $0.clientVersion) = (name, version) }
    }

    /// Says with which error the request was refused.
    func note(_ error: RPCError) {
        note { facts in
            facts.rpcErrorCode = Int(error.code.rawValue)
            facts.refused = error.field
        }
    }
}
