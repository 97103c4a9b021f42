internal import HTTPServer
internal import HTTPTypes
internal import MCP
internal import Observability

/// The public listener: `/mcp`, the connect page, the metadata documents and the health routes.
///
/// Opens the request's record (K-20), routes, and has the record written once, when the answer is on its way.
struct HTTPEndpoint: Sendable {
    let mcp: MCPEndpoint
    let metadata: MetadataEndpoint
    let health: HealthEndpoint
    let connect: ConnectEndpoint
    let log: RequestLog

    func respond(to request: InboundRequest) async -> OutboundResponse {
        let observation = log.begin(request, route: route(of: request.path))
        return await observation.run {
            let record = observation.record
            return send(await answer(to: request, record), observation)
        }
    }

    /// The metadata's paths depend on the public address; the others are fixed.
    private func route(of path: String) -> Route {
        metadata.serves(path) ? .metadata : Route(rawValue: path) ?? .unknown
    }

    private func answer(to request: InboundRequest, _ record: RequestContext) async -> Answer {
        switch record.route {
        case .mcp:
            var answer = await mcp.answer(to: request, record)
            answer.response = connect.worded(answer.response, for: request)
            return answer
        case .metadata: return Answer(metadata.response(to: request))
        case .connect:
            noteAddress(of: request, record)
            return Answer(connect.response(to: request))
        case .health, .readiness: return Answer(health.response(to: request, route: record.route))
        case .metrics, .unknown:
            noteAddress(of: request, record)
            return Answer(connect.nothing(at: request))
        }
    }

    /// A client that was given a wrong address is worth a record, unlike the many who try what there might be.
    private func noteAddress(of request: InboundRequest, _ record: RequestContext) {
        guard ConnectEndpoint.isMeantForEndpoint(request) else { return }
        record.note { ($0.refusal, $0.refused) = ("address", RefusedField("path", request.path)) }
    }

    /// Hands the answer over; that of a stream is over when it has ended, whether or not the client was there to see it.
    private func send(_ answer: Answer, _ observation: RequestLog.Observation) -> OutboundResponse {
        let record = observation.record
        var response = answer.response
        response.isLastForNow = mcp.gate.isDraining
        response.headers[.correlationID] = record.correlationID.description
        record.note { facts in
            facts.status = response.status.code
            facts.responseBytes = response.bodyBytes ?? 0
            facts.isStream = answer.stream != nil
        }
        guard let stream = answer.stream else {
            log.end(observation)
            return response
        }
        response.afterward = { [log, place = answer.place] in
            await observation.run {
                await stream.summary()
                record.note { $0.responseBytes = stream.sentBytes }
                log.end(observation)
            }
            withExtendedLifetime(place) {}
        }
        return response
    }
}

/// What an endpoint answers.
struct Answer {
    var response: OutboundResponse
    /// The body of a response that follows as it comes.
    var stream: ReplyStream?
    /// What the request takes up until the response has been written.
    var place: RequestGate.Place?

    init(_ response: OutboundResponse) { self.response = response }
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
