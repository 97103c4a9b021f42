internal import Auth
internal import HTTPServer
internal import HTTPTypes
internal import Logging
internal import MCP
internal import Observability

/// The public listener: `/mcp`, the connect page, the metadata documents and the health routes (mcp-protocol.md section 2).
///
/// Opens the request's scope (K-20), routes, and reports the answer once to ``RequestLog``.
struct HTTPEndpoint: Sendable {
    let mcp: MCPEndpoint
    let metadata: MetadataEndpoint
    let health: HealthEndpoint
    let connect: ConnectEndpoint
    let log: RequestLog

    func respond(to request: InboundRequest) async -> OutboundResponse {
        let identity = RequestIdentity(of: request.headers)
        // Nobody has bound a logger around this call; the modules shall find ours.
        var response = await withLogger(log.logger) { _ in
            await withRequestContext(identity.context) {
                let observation = log.begin(request, route: route(of: request.path))
                return await observation.inSpan {
                    let answer = await answer(to: request, route: observation.route)
                    return report(answer, to: observation, identity)
                }
            }
        }
        if mcp.gate.isDraining { response.headers[.connection] = "close" }
        response.headers[.correlationID] = identity.context.correlationID.description
        return response
    }

    /// A stream is reported when it has ended, whether or not the client was there to see it.
    private func report(
        _ answer: Answer, to observation: RequestLog.Observation, _ identity: RequestIdentity
    ) -> OutboundResponse {
        var response = answer.response
        guard let stream = answer.stream else {
            log.end(observation, answer)
            return response
        }
        response.afterward = {
            await withRequestContext(identity.context) {
                await observation.inSpan {
                    var answer = answer
                    answer.summary = await stream.summary()
                    log.end(observation, answer)
                }
            }
        }
        return response
    }

    /// The metadata's paths depend on the public address; the others are fixed.
    private func route(of path: String) -> Route {
        metadata.serves(path) ? .metadata : Route(rawValue: path) ?? .unknown
    }

    private func answer(to request: InboundRequest, route: Route) async -> Answer {
        switch route {
        case .mcp: await mcp.answer(to: request)
        case .metadata: Answer(metadata.response(to: request))
        case .connect: Answer(connect.response(to: request))
        case .health, .readiness: Answer(health.response(to: request, route: route))
        case .metrics, .unknown: Answer(.json(status: .notFound, #"{"error":"not_found"}"#))
        }
    }
}

/// What an endpoint answers, with the facts that only the log wants.
struct Answer {
    var response: OutboundResponse
    /// What the protocol layer made of the request.
    var summary: MCPSummary?
    /// The rest of a response that follows as it comes.
    var stream: ReplyStream?
    /// What the request takes up until the response has been written.
    var places: [RequestGate.Place] = []
    /// Who called.
    var caller: AuthenticatedCaller?
    /// Bytes of the request's body, once it was read.
    var requestBytes: Int?
    /// Why nobody was let in: ``AuthenticationRefusal/reason``.
    var refusal: String?
    /// Time spent on the bearer token.
    var authentication: Duration?

    init(_ response: OutboundResponse) { self.response = response }
}

/// The paths this server knows, as log field and metric label; `/mcp/` is unknown on purpose (section 2, step 3).
enum Route: String, CaseIterable {
    case mcp = "/mcp"
    case connect = "/"
    case metadata = "/.well-known/oauth-protected-resource"
    case health = "/healthz"
    case readiness = "/readyz"
    case metrics = "/metrics"
    case unknown = "other"
}

extension OutboundResponse {
    /// A response with a JSON text as its body.
    static func json(status: HTTPResponse.Status, _ body: String) -> OutboundResponse {
        json(status: status, Array(body.utf8))
    }

    /// A response with JSON bytes as its body.
    static func json(status: HTTPResponse.Status, _ body: [UInt8]) -> OutboundResponse {
        OutboundResponse(status: status, headers: [.contentType: "application/json"], body: body)
    }

    /// 405 for a route that knows `allowed` only.
    static func methodNotAllowed(_ allowed: String) -> OutboundResponse {
        OutboundResponse(status: .methodNotAllowed, headers: [.allow: allowed])
    }
}
