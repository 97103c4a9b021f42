package import HTTPTransport
internal import JSON
internal import Observability

/// Compares what Entra ID says of the tenant with what was derived from settings (E-30).
///
/// A diagnosis only: no address is ever taken from the document (E-159).
package struct DiscoveryCheck: Sendable {
    /// How the comparison ended.
    package enum Outcome: Sendable, Equatable {
        /// Entra ID says the same.
        case consistent
        /// The settings cannot work: one line per contradiction, for the operator.
        case contradiction([String])
        /// Nothing can be said, for this reason; the server may still start.
        case unreachable(String)
    }

    /// The comparison, and the document it was made with.
    struct Report: Sendable {
        let outcome: Outcome
        let document: JSONDocument?

        init(_ outcome: Outcome, _ document: JSONDocument? = nil) {
            self.outcome = outcome
            self.document = document
        }
    }

    private let endpoints: EntraEndpoints
    private let transport: any HTTPSending

    /// - Parameters:
    ///   - endpoints: What was derived.
    ///   - transport: Follows no redirects.
    package init(endpoints: EntraEndpoints, transport: any HTTPSending) {
        self.endpoints = endpoints
        self.transport = transport
    }

    /// Fetches the tenant's metadata once, within 10 seconds, and compares.
    package func run() async -> Outcome { await report().outcome }

    /// The same, with the document.
    func report() async -> Report {
        let request = HTTPRequest(
            url: endpoints.discoveryURL, headers: ["Accept": "application/json"], timeout: .seconds(10))
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.send(request)
        } catch {
            return Report(.unreachable("\(error)"))
        }
        switch response.status {
        case 200: return compare(response.body)
        case 400, 404:
            return Report(.contradiction(["\(endpoints.authority) does not know the tenant \(endpoints.tenantID)"]))
        default: return Report(.unreachable("HTTP status \(response.status)"))
        }
    }

    private func compare(_ body: [UInt8]) -> Report {
        guard let document = try? JSONDocument(parsing: body, limits: .upstream), document.root.isObject,
            document.root.hasUniqueNames
        else {
            return Report(.unreachable("not a metadata document"))
        }
        let expected = [("issuer", endpoints.issuer), ("jwks_uri", endpoints.jwksURL)]
        let contradictions = expected.compactMap { name, value -> String? in
            let theirs = document.root[name]?.string
            guard theirs != value else { return nil }
            return "\(name) is \(LogSafeText.clean(theirs ?? "absent", limit: 256)), expected \(value)"
        }
        return Report(contradictions.isEmpty ? .consistent : .contradiction(contradictions), document)
    }
}
