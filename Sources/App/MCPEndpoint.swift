internal import Auth
internal import HTTPServer
internal import HTTPTypes
internal import Jobs
internal import MCP
internal import MCPOverHTTP
internal import Observability

/// `/mcp`: who may call, then what they want (steps 1 to 15 of mcp-protocol.md section 2).
struct MCPEndpoint: Sendable {
    let gate: RequestGate
    let origins: OriginPolicy
    let hosts: HostPolicy
    let authenticator: BearerAuthenticator
    let dispatcher: Dispatcher<any WorkspaceTokenProviding>
    let tokens: WorkspaceTokens
    let relay: SignInRelay
    let maximumBodyBytes: Int

    func answer(to request: InboundRequest) async -> Answer {
        switch gate.enter() {
        case .failure(let refusal): return Answer(refusal.response)
        case .success(let place):
            var answer = await admittedAnswer(to: request)
            answer.places.append(place)
            return answer
        }
    }

    private func admittedAnswer(to request: InboundRequest) async -> Answer {
        switch origins.judge(request.headers[values: .origin]) {
        case .refused: return Answer(OutboundResponse(OriginPolicy.refusal))
        case .absent: return await answerToAllowedOrigin(request)
        case .allowed(let origin):
            guard request.method != .options else {
                return Answer(OutboundResponse(OriginPolicy.preflight(for: origin)))
            }
            var answer = await answerToAllowedOrigin(request)
            answer.response.headers.append(contentsOf: OriginPolicy.responseHeaders(for: origin))
            return answer
        }
    }

    private func answerToAllowedOrigin(_ request: InboundRequest) async -> Answer {
        guard hosts.allows(request.head.authority) else { return Answer(OutboundResponse(HostPolicy.refusal)) }
        return await authenticatedAnswer(to: request)
    }

    private func authenticatedAnswer(to request: InboundRequest) async -> Answer {
        let start = ContinuousClock.now
        let outcome = await authenticator.authenticate(authorization: request.headers[values: .authorization])
        let elapsed = ContinuousClock.now - start
        switch outcome {
        case .refused(let refusal):
            var answer = Answer(OutboundResponse(refusal))
            answer.refusal = refusal.reason
            answer.authentication = elapsed
            return answer
        case .accepted(let caller):
            var answer = await answer(to: request, as: caller)
            answer.authentication = elapsed
            answer.caller = caller
            return answer
        }
    }

    private func answer(to request: InboundRequest, as caller: AuthenticatedCaller) async -> Answer {
        switch gate.enter(caller) {
        case .failure(let refusal): return Answer(refusal.response)
        case .success(let place):
            var answer = await dispatchedAnswer(to: request, as: caller)
            answer.places.append(place)
            return answer
        }
    }

    private func dispatchedAnswer(to request: InboundRequest, as caller: AuthenticatedCaller) async -> Answer {
        let body: [UInt8]
        do throws(BodyFailure) {
            body = try await request.message(upTo: maximumBodyBytes)
        } catch {
            return Answer(OutboundResponse(error))
        }
        var context = RequestContext.current
        context?.principalID = caller.objectID.description
        let reply = await RequestContext.$current.withValue(context) {
            await dispatcher.respond(
                to: request.head, body: body, caller: tokens.provider(for: caller), client: request.client)
        }
        var answer = Answer(OutboundResponse(reply))
        answer.summary = reply.summary
        answer.requestBytes = body.count
        answer.stream = reply.stream
        // Nothing of the reply has been sent yet, so a challenge can still take its place (E-102).
        if let refusal = reply.summary.failure.flatMap({ relay.refusal(for: $0, of: caller) }) {
            answer.response = OutboundResponse(refusal)
        }
        return answer
    }
}

extension OutboundResponse {
    /// The bearer layer's refusal on the wire.
    fileprivate init(_ refusal: AuthenticationRefusal) {
        var headers: HTTPFields = [
            .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        headers[.wwwAuthenticate] = refusal.wwwAuthenticate
        headers[.retryAfter] = refusal.retryAfterSeconds.map(String.init)
        self.init(
            status: HTTPResponse.Status(code: refusal.status), headers: headers,
            body: refusal.body)
    }
}
