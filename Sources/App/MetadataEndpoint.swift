internal import Auth
internal import HTTPServer
internal import HTTPTypes

/// The documents by which clients find out where to sign in, for everybody and from any origin (A-01, E-130, E-136).
///
/// Built from the settings and never from request headers (A-03, T-13).
struct MetadataEndpoint: Sendable {
    private let resource: [UInt8]
    private let resourcePaths: [String]
    private let discovery: TenantDiscovery?
    private let serverPaths: [String]

    /// - Parameters:
    ///   - resource: The protected resource metadata of RFC 9728.
    ///   - baseURL: `MCP_BASE_URL`.
    ///   - discovery: Where the authorization server metadata of RFC 8414 comes from; `nil` where this server publishes
    ///     none (A-04).
    init(resource: ProtectedResourceMetadata, baseURL: PublicURL, discovery: TenantDiscovery?) {
        self.resource = resource.document
        resourcePaths = resource.paths
        self.discovery = discovery
        serverPaths = discovery == nil ? [] : AuthorizationServerMetadata.paths(for: baseURL)
    }

    /// Whether a document is served at `path`.
    func serves(_ path: String) -> Bool { resourcePaths.contains(path) || serverPaths.contains(path) }

    func response(to request: InboundRequest) -> OutboundResponse {
        var response: OutboundResponse
        switch request.method {
        case .get, .head: response = document(at: request.path)
        case .options:
            response = OutboundResponse(status: .noContent)
            response.headers[.accessControlAllowMethods] = "GET"
            response.headers[.accessControlAllowHeaders] = "mcp-protocol-version"
        default: response = .methodNotAllowed("GET, HEAD")
        }
        response.headers[.accessControlAllowOrigin] = "*"
        return response
    }

    private func document(at path: String) -> OutboundResponse {
        guard serverPaths.contains(path) else { return Self.published(resource) }
        guard let metadata = discovery?.published else {
            var response = OutboundResponse.json(status: .serviceUnavailable, #"{"error":"temporarily_unavailable"}"#)
            response.headers[.retryAfter] = "5"
            return response
        }
        return Self.published(metadata.document)
    }

    private static func published(_ document: [UInt8]) -> OutboundResponse {
        var response = OutboundResponse.json(status: .ok, document)
        // Stale metadata prolongs outages after a change (E-134).
        response.headers[.cacheControl] = ProtectedResourceMetadata.cacheControl
        return response
    }
}
