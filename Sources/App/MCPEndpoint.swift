internal import Auth
internal import HTTPServer
internal import HTTPTypes
internal import Jobs
internal import MCP
internal import MCPOverHTTP
internal import Observability

/// `/mcp`, the front door: who may call, then what they want (in the order of docs/requirements/protocol.md).
struct MCPEndpoint: Sendable {
    let gate: RequestGate
    let origins: OriginPolicy
    let hosts: HostPolicy
    let authenticator: BearerAuthenticator
    let dispatcher: Dispatcher<any WorkspaceTokenProviding>
    let tokens: WorkspaceTokens
    let relay: SignInRelay
    let maximumBodyBytes: Int

    /// The checks in their order; the first that fails is the answer.
    func answer(to request: InboundRequest, _ record: RequestContext) async -> Answer {
        var answer: Answer
        var origin: String?
        do throws(RequestRefusal) {
            try gate.enter()
            origin = try checkedOrigin(of: request)
            if origin != nil, request.method == .options { return .preflight(origin) }
            guard hosts.allows(request.head.authority) else {
                let field = RefusedField("Host", request.head.authority, setting: "MCP_ALLOWED_HOSTS")
                throw RequestRefusal("host", HostPolicy.refusal, field)
            }
            let caller = try await caller(of: request, record)
            let place = try gate.enter(RequestGate.CallerKey(caller))
            let body = try await body(of: request, place, record)
            try place.start()
            let reply = await dispatcher.respond(
                to: request.head, body: body, caller: tokens.provider(for: caller), client: request.client)
            // Nothing of the reply has been sent yet, so a challenge can still take its place (E-102).
            if let failure = reply.summary.failure, let refusal = relay.refusal(for: failure, of: caller) {
                throw RequestRefusal(refusal)
            }
            answer = Answer(OutboundResponse(reply))
            answer.stream = reply.stream
            answer.place = place
        } catch {
            record.note { ($0.refusal, $0.refused) = (error.reason, error.field) }
            answer = Answer(error.response)
        }
        if let origin { answer.response.headers.append(contentsOf: OriginPolicy.responseHeaders(for: origin)) }
        return answer
    }

    /// The origin of the page that sent the request, if one did.
    private func checkedOrigin(of request: InboundRequest) throws(RequestRefusal) -> String? {
        switch origins.judge(request.headers[values: .origin]) {
        case .absent: return nil
        case .allowed(let origin): return origin
        case .refused(let value):
            let field = RefusedField("Origin", value, setting: "MCP_ALLOWED_ORIGINS")
            throw RequestRefusal("origin", OriginPolicy.refusal, field)
        }
    }

    private func caller(
        of request: InboundRequest, _ record: RequestContext
    ) async throws(RequestRefusal) -> AuthenticatedCaller {
        let start = ContinuousClock.now
        let outcome = await authenticator.authenticate(authorization: request.headers[values: .authorization])
        let elapsed = ContinuousClock.now - start
        switch outcome {
        case .refused(let refusal):
            record.note { facts in
                facts.authentication = elapsed
                facts.isTokenRefused = true
            }
            throw RequestRefusal(refusal)
        case .accepted(let caller):
            record.note { facts in
                facts.authentication = elapsed
                facts.caller = caller.facts
            }
            return caller
        }
    }

    /// That of a POST, within what bodies may take; that of any other request is not worth reading (step 7 follows 6).
    private func body(
        of request: InboundRequest, _ place: RequestGate.Place, _ record: RequestContext
    ) async throws(RequestRefusal) -> [UInt8] {
        guard request.method == .post else { return [] }
        let bytes: Int
        do throws(BodyFailure) { bytes = try request.bodyBytes(upTo: maximumBodyBytes) } catch {
            throw RequestRefusal(error)
        }
        try place.admitBody(of: bytes)
        do throws(BodyFailure) {
            let body = try await request.body(upTo: maximumBodyBytes)
            record.note { $0.requestBytes = body.count }
            place.settleBody(at: body.count)
            return body
        } catch {
            throw RequestRefusal(error)
        }
    }
}

extension Answer {
    /// What a browser is told before it sends a page's request.
    fileprivate static func preflight(_ origin: String?) -> Answer {
        Answer(OutboundResponse(OriginPolicy.preflight(for: origin ?? "")))
    }
}
