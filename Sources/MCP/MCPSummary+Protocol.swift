internal import JSON
package import Observability

extension MCPSummary {
    /// The era the request was answered in.
    package var era: Era? { facts.era.flatMap(Era.init) }

    /// The revision the request was answered in.
    package var protocolVersion: ProtocolVersion? { facts.version.flatMap(ProtocolVersion.init) }

    /// Adds what a request says about itself that was classified as `version`, or refused before that.
    func note(_ request: RPCRequest, _ version: ProtocolVersion?) {
        let info = request.method == .initialize ? request.params?["clientInfo"] : request.meta?[MetaKey.clientInfo]
        let (name, clientVersion) = (info?["name"]?.string?.quotable, info?["version"]?.string?.quotable)
        note { facts in
            if let method = request.method { facts.method = method.rawValue }
            facts.version = version?.rawValue
            facts.era = version.map { $0.isModern ? Era.modern.rawValue : Era.legacy.rawValue }
            (facts.clientName, facts.clientVersion) = (name, clientVersion)
        }
    }

    /// Says with which error the request was refused.
    func note(_ error: RPCError) { note { $0.rpcErrorCode = Int(error.code.rawValue) } }
}
