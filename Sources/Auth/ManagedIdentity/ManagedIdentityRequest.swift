internal import HTTPTransport
internal import Observability

/// The request for a managed identity's token, as each platform wants it (E-110).
struct ManagedIdentityRequest: Sendable {
    let endpoint: ManagedIdentityEndpoint
    /// The client id of a user-assigned identity; `nil` leaves the choice to the platform (E-111).
    let identity: GUID?
    /// The audience of federated credentials in this cloud.
    let resource: String

    /// The request.
    ///
    /// It goes directly to the platform, whatever proxy the environment names; redirects are never followed (E-115).
    ///
    /// - Parameters:
    ///   - correlationID: For the platform's log (E-105).
    ///   - timeLeft: Bound on the whole exchange.
    /// - Returns: The request.
    func http(_ correlationID: CorrelationID, timeLeft: Duration) -> HTTPRequest {
        let timeout = min(.seconds(10), timeLeft)
        switch endpoint {
        case .appService(let url, let header):
            return HTTPRequest(
                url: "\(url)?\(query(apiVersion: "2019-08-01"))",
                headers: ["Accept": "application/json", "X-IDENTITY-HEADER": header.revealed],
                timeout: timeout, connectTimeout: min(.seconds(5), timeout), maximumResponseBytes: 1 << 20,
                usesProxy: false)
        case .imds(let host):
            return HTTPRequest(
                url: "\(host)/metadata/identity/oauth2/token?\(query(apiVersion: "2018-02-01"))",
                headers: [
                    "Accept": "application/json", "Metadata": "true", "x-ms-client-request-id": "\(correlationID)",
                ],
                timeout: timeout, connectTimeout: min(.seconds(2), timeout), maximumResponseBytes: 1 << 20,
                usesProxy: false)
        }
    }

    private func query(apiVersion: String) -> String {
        let fields = [("api-version", apiVersion), ("resource", resource)]
        let selection = identity.map { [("client_id", $0.description)] } ?? []
        return String(decoding: FormBody.encode(fields + selection), as: UTF8.self)
    }
}
