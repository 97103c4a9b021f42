internal import HTTPServer
internal import HTTPSyntax
internal import HTTPTypes
internal import MCP
internal import MCPOverHTTP

/// `/mcp` for anybody on this machine: what the product does before and after the bearer token.
struct FixtureEndpoint: Sendable {
    let dispatcher: Dispatcher<Void>
    private let hosts: HostPolicy

    init(dispatcher: Dispatcher<Void>) throws {
        self.dispatcher = dispatcher
        hosts = try HostPolicy(publicURL: "http://127.0.0.1", isLoopback: true)
    }

    func respond(to request: InboundRequest) async -> OutboundResponse {
        guard Self.isAllowed(request.headers[values: .origin]) else { return OutboundResponse(OriginPolicy.refusal) }
        guard hosts.allows(request.head.authority) else { return OutboundResponse(HostPolicy.refusal) }
        guard request.path == "/mcp" else { return OutboundResponse(status: .notFound) }
        do throws(BodyFailure) {
            let body = try await request.message(upTo: 4 << 20)
            return OutboundResponse(
                await dispatcher.respond(to: request.head, body: body, caller: (), client: request.client))
        } catch {
            return OutboundResponse(error)
        }
    }

    /// Suites of browsers run on any port of this machine.
    private static func isAllowed(_ origins: [String]) -> Bool {
        origins.allSatisfy { WebOrigin($0).map { $0.scheme == "http" && $0.authority.isLoopback } ?? false }
    }
}

extension ServerDescription {
    static let fixtures = ServerDescription(
        name: "mcp-fixture-server", title: "Fixtures", version: "1.0.0",
        instructions: "Tools that answer in every way the protocol knows.", offersLogging: true)
}
