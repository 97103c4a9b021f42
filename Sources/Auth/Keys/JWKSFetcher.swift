package import HTTPTransport

/// Fetches a tenant's key document within the limits of E-37.
package struct JWKSFetcher: Sendable {
    private let url: String
    private let transport: any HTTPSending

    /// - Parameters:
    ///   - url: ``EntraEndpoints/jwksURL``.
    ///   - transport: Follows no redirects.
    package init(url: String, transport: any HTTPSending) {
        self.url = url
        self.transport = transport
    }

    /// Fetches the document once, within 10 seconds and 1 MiB.
    package func fetch() async throws(JWKSError) -> JWKSDocument {
        let request = HTTPRequest(
            url: url, headers: ["Accept": "application/json"], timeout: .seconds(10), connectTimeout: .seconds(5),
            maximumResponseBytes: 1 << 20)
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.send(request)
        } catch {
            throw .unreachable("\(error)")
        }
        guard response.status == 200 else { throw .status(response.status) }
        return try JWKSDocument(parsing: response.body)
    }
}
