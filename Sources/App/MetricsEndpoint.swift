internal import HTTPServer
internal import HTTPTypes
internal import Observability

/// The listener for operators: `/metrics` and the health routes (K-23).
struct MetricsEndpoint: Sendable {
    let registry: MetricsRegistry
    let health: HealthEndpoint

    func respond(to request: InboundRequest) -> OutboundResponse {
        switch Route(rawValue: request.path) {
        case .health: health.response(to: request, route: .health)
        case .readiness: health.response(to: request, route: .readiness)
        case .metrics: metrics(for: request)
        default: .json(status: .notFound, #"{"error":"not_found"}"#)
        }
    }

    private func metrics(for request: InboundRequest) -> OutboundResponse {
        guard request.method == .get || request.method == .head else { return .methodNotAllowed("GET, HEAD") }
        let format = ExpositionFormat(accept: request.headers[values: .accept])
        return OutboundResponse(
            status: .ok,
            headers: [.contentType: format.contentType, .vary: "Accept", .cacheControl: "no-store"],
            body: registry.bytes(format))
    }
}
