internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Observability

/// The listener for operators: `/metrics` and the health routes (K-23).
struct MetricsEndpoint: HTTPResponder {
    typealias Context = ConnectionContext

    let registry: MetricsRegistry
    let health: HealthEndpoint

    func respond(to request: Request, context: Context) async -> Response {
        let response: Response =
            switch Route(rawValue: request.uri.path) {
            case .health: health.response(to: request, route: .health)
            case .readiness: health.response(to: request, route: .readiness)
            case .metrics: metrics(for: request)
            default: .json(status: .notFound, #"{"error":"not_found"}"#)
            }
        return response.answering(request.method)
    }

    private func metrics(for request: Request) -> Response {
        guard request.method == .get || request.method == .head else { return .methodNotAllowed("GET, HEAD") }
        let format = ExpositionFormat(accept: request.headers[values: .accept])
        return Response(
            status: .ok,
            headers: [.contentType: format.contentType, .vary: "Accept", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: registry.bytes(format))))
    }
}
