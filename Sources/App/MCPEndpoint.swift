internal import Auth
internal import HTTPTypes
internal import Hummingbird
internal import Jobs
internal import MCP
internal import MCPOverHTTP
internal import NIOCore
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

    func answer(to request: Request) async -> Answer {
        switch gate.enter() {
        case .failure(let refusal): return Answer(refusal.response)
        case .success(let place):
            var answer = await admittedAnswer(to: request)
            answer.places.append(place)
            return answer
        }
    }

    private func admittedAnswer(to request: Request) async -> Answer {
        switch origins.judge(request.headers[values: .origin]) {
        case .refused: return Answer(Response(OriginPolicy.refusal))
        case .absent: return await answerToAllowedOrigin(request)
        case .allowed(let origin):
            guard request.method != .options else { return Answer(Response(OriginPolicy.preflight(for: origin))) }
            var answer = await answerToAllowedOrigin(request)
            answer.response.headers.append(contentsOf: OriginPolicy.responseHeaders(for: origin))
            return answer
        }
    }

    private func answerToAllowedOrigin(_ request: Request) async -> Answer {
        guard hosts.allows(request.head.authority) else { return Answer(Response(HostPolicy.refusal)) }
        return await authenticatedAnswer(to: request)
    }

    private func authenticatedAnswer(to request: Request) async -> Answer {
        let start = ContinuousClock.now
        let outcome = await authenticator.authenticate(authorization: request.headers[values: .authorization])
        let elapsed = ContinuousClock.now - start
        switch outcome {
        case .refused(let refusal):
            var answer = Answer(Response(refusal))
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

    private func answer(to request: Request, as caller: AuthenticatedCaller) async -> Answer {
        switch gate.enter(caller) {
        case .failure(let refusal): return Answer(refusal.response)
        case .success(let place):
            var answer = await dispatchedAnswer(to: request, as: caller)
            answer.places.append(place)
            return answer
        }
    }

    private func dispatchedAnswer(to request: Request, as caller: AuthenticatedCaller) async -> Answer {
        let body: [UInt8]
        do throws(BodyFailure) {
            body = try await request.bodyBytes(upTo: maximumBodyBytes)
        } catch {
            return Answer(error.response)
        }
        var context = RequestContext.current
        context?.principalID = caller.objectID.description
        let client = Connection.current?.client ?? ClientPresence()
        let reply = await RequestContext.$current.withValue(context) {
            await dispatcher.respond(
                to: request.head, body: body, caller: tokens.provider(for: caller), client: client)
        }
        var answer = Answer(Response(reply))
        answer.summary = reply.summary
        answer.requestBytes = body.count
        answer.stream = reply.stream
        // Nothing of the reply has been sent yet, so a challenge can still take its place (E-102).
        if let refusal = reply.summary.failure.flatMap({ relay.refusal(for: $0, of: caller) }) {
            answer.response = Response(refusal)
        }
        return answer
    }
}

extension Response {
    /// The bearer layer's refusal on the wire.
    fileprivate init(_ refusal: AuthenticationRefusal) {
        var headers: HTTPFields = [
            .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        headers[.wwwAuthenticate] = refusal.wwwAuthenticate
        headers[.retryAfter] = refusal.retryAfterSeconds.map(String.init)
        self.init(
            status: HTTPResponse.Status(code: refusal.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: refusal.body)))
    }
}
