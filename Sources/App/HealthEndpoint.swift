internal import HTTPTypes
internal import Hummingbird

/// Whether the process answers (`/healthz`), and whether it could also serve (`/readyz`); P-85, R-07.
struct HealthEndpoint: Sendable {
    /// Why the server is not ready, or `nil` when it is; asked on every probe, so it must be cheap.
    let obstacle: @Sendable () -> String?

    func response(to request: Request, route: Route) -> Response {
        guard request.method == .get || request.method == .head else { return .methodNotAllowed("GET, HEAD") }
        var response: Response
        if route == .readiness, let obstacle = obstacle() {
            response = .json(status: .serviceUnavailable, #"{"status":"not_ready","reason":"\#(obstacle)"}"#)
            response.headers[.retryAfter] = "5"
        } else {
            response = .json(status: .ok, #"{"status":"\#(route == .readiness ? "ready" : "ok")"}"#)
        }
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

/// The listener for operators: `/metrics` and the health routes (K-23).
struct MetricsEndpoint: HTTPResponder {
    typealias Context = ConnectionContext

    let exposition: @Sendable () -> String
    let health: HealthEndpoint

    func respond(to request: Request, context: Context) async -> Response {
        switch Route(rawValue: request.uri.path) {
        case .health: return health.response(to: request, route: .health)
        case .readiness: return health.response(to: request, route: .readiness)
        case .metrics:
            guard request.method == .get || request.method == .head else { return .methodNotAllowed("GET, HEAD") }
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: exposition())))
        default: return .json(status: .notFound, #"{"error":"not_found"}"#)
        }
    }
}
