internal import Auth
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The protected resource metadata of RFC 9728, at the root and at the path-inserted address (A-01, E-130).
struct MetadataEndpoint: Sendable {
    /// The document, built once from the settings and never from request headers (A-03, T-13).
    let document: ByteBuffer
    /// Where it is served.
    let paths: [String]

    func response(to request: Request) -> Response {
        var response: Response
        switch request.method {
        case .get, .head:
            response = .json(status: .ok, document)
            // Stale metadata prolongs outages after a change (E-134).
            response.headers[.cacheControl] = ProtectedResourceMetadata.cacheControl
        case .options:
            response = Response(status: .noContent)
            response.headers[.accessControlAllowMethods] = "GET"
            response.headers[.accessControlAllowHeaders] = "mcp-protocol-version"
        default: response = .methodNotAllowed("GET, HEAD")
        }
        response.headers[.accessControlAllowOrigin] = "*"
        return response
    }
}
