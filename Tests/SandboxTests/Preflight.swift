internal import Foundation
internal import FoundationNetworking
internal import Sandbox
internal import Testing

/// The answer to a browser's question before a cross-origin request.
struct Preflight: Sendable {
    let status: Int
    private let response: HTTPURLResponse

    /// Asks as a browser does; the project's own transport knows only the methods that the product sends.
    init(_ client: SandboxClient, _ path: String, origin: String) async throws {
        var request = URLRequest(url: try #require(URL(string: client.sandbox.baseURL + path)))
        request.httpMethod = "OPTIONS"
        request.setValue(origin, forHTTPHeaderField: "Origin")
        request.setValue("POST", forHTTPHeaderField: "Access-Control-Request-Method")
        request.setValue("content-type", forHTTPHeaderField: "Access-Control-Request-Headers")
        response = try #require(try await URLSession.shared.data(for: request).1 as? HTTPURLResponse)
        status = response.statusCode
    }

    func header(_ name: String) -> String? { response.value(forHTTPHeaderField: name) }
}
