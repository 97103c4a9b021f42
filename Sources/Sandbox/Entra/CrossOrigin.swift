/// What Entra ID lets pages in a browser read: metadata and keys always, tokens for single-page applications only.
enum CrossOrigin {
    /// The answer to the question that a browser asks first; `nil` when the request is none.
    static func preflight(_ request: SandboxRequest, _ route: Route) -> SandboxReply? {
        guard request.method == "OPTIONS", request.header("Origin") != nil else { return nil }
        let method: String
        switch route {
        case .discovery, .keys: method = "GET, OPTIONS"
        case .token: method = "POST, OPTIONS"
        default: return nil
        }
        var reply = SandboxReply(status: 200)
        reply.setHeader("Access-Control-Allow-Origin", "*")
        reply.setHeader("Access-Control-Allow-Methods", method)
        if let headers = request.header("Access-Control-Request-Headers") {
            reply.setHeader("Access-Control-Allow-Headers", headers)
        }
        return reply
    }

    /// `reply` as pages of the request's origin may read it.
    static func opened(
        _ reply: SandboxReply, to request: SandboxRequest, _ route: Route, _ state: EntraState
    ) -> SandboxReply {
        guard let origin = request.header("Origin") else { return reply }
        switch route {
        case .discovery, .keys: return reply.adding("Access-Control-Allow-Origin", "*")
        case .token:
            let application = request.form?["client_id"].flatMap { state.application($0) }
            let isRegistered =
                application?.redirects.contains { $0.platform == .spa && "\($0.uri)/".hasPrefix("\(origin)/") } ?? false
            return isRegistered ? reply.adding("Access-Control-Allow-Origin", origin) : reply
        default: return reply
        }
    }
}
