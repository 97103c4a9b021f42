internal import HTTPServer
internal import HTTPTypes
internal import Observability

/// Whether the process answers (`/healthz`), and whether it could also serve (`/readyz`); P-85, R-07.
struct HealthEndpoint: Sendable {
    /// Why the server is not ready, or `nil` when it is; asked on every probe, so it must be cheap.
    let obstacle: @Sendable () -> String?

    func response(to request: InboundRequest, route: Route) -> OutboundResponse {
        guard request.method == .get || request.method == .head else { return .methodNotAllowed("GET, HEAD") }
        var response: OutboundResponse
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
