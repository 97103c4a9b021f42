internal import Auth
internal import Guide
internal import HTTPServer
internal import HTTPTypes
internal import Jobs
internal import MCP
internal import MCPOverHTTP
internal import OpenSSL

/// `/`: how to connect, for whoever opens the server's address; a page for browsers, JSON for everybody else.
///
/// Both are made once, from the settings (A-03). There is nothing on them that the sign-in documents do not say.
struct ConnectEndpoint: Sendable {
    /// The page or the JSON, ready to send: its bytes, header fields and entity tag, made once.
    private struct Representation: Sendable {
        let body: [UInt8]
        let headers: HTTPFields
        let entityTag: String

        init(_ bytes: [UInt8], _ headers: HTTPFields) {
            body = bytes
            entityTag = "\"\(SHA256.digest(bytes).hexPrefix(32))\""
            self.headers = headers
        }
    }

    private let page: Representation
    private let document: Representation
    private let hosts: HostPolicy
    private let endpoint: String

    init(facts: ServerFacts, hosts: HostPolicy) {
        let page = ConnectPage(facts)
        self.page = Representation(
            Array(page.html.description.utf8),
            [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: page.contentSecurityPolicy])
        document = Representation(ConnectDocument.bytes(facts), [.contentType: "application/json"])
        self.hosts = hosts
        endpoint = facts.endpoint
    }

    func response(to request: InboundRequest) -> OutboundResponse {
        guard hosts.allows(request.head.authority) else { return OutboundResponse(HostPolicy.refusal) }
        guard request.method == .get || request.method == .head else {
            return hint(.methodNotAllowed, "method_not_allowed", allow: "GET, HEAD")
        }
        return switch MediaPreference(request.headers[values: .accept]) {
        case .html: response(page, to: request)
        case .json: response(document, to: request)
        case .neither: hint(.notAcceptable, "not_acceptable")
        }
    }

    private func response(_ representation: Representation, to request: InboundRequest) -> OutboundResponse {
        let isKnown = request.headers[values: .ifNoneMatch].contains { EntityTags($0).match(representation.entityTag) }
        var response = OutboundResponse(
            status: isKnown ? .notModified : .ok, headers: representation.headers,
            body: isKnown ? [] : representation.body)
        response.headers[.eTag] = representation.entityTag
        // Asked for again each time, so that nobody follows the instructions of last week's deployment.
        response.headers[.cacheControl] = "no-cache"
        return guarded(response)
    }

    /// The answer to a request for an address where there is nothing.
    ///
    /// Clients of the protocol show the sentence of a JSON-RPC error; those that look for OAuth's endpoints read the other
    /// form.
    func nothing(at request: InboundRequest) -> OutboundResponse {
        if Self.isMeantForEndpoint(request) { return hint(.notFound, "not_found") }
        return .json(
            status: .notFound, #"{"error":"not_found","error_description":"The MCP endpoint is \#(endpoint)"}"#)
    }

    /// Whether a request that did not come to the endpoint was meant for it, by its path or by what it accepts.
    static func isMeantForEndpoint(_ request: InboundRequest) -> Bool {
        if request.headers[values: .accept].contains(where: { $0.lowercased().contains("text/event-stream") }) {
            return true
        }
        guard request.path != "/" else { return request.method == .post }
        let names = request.path.lowercased().split(separator: "/")
        return names.contains { $0.hasPrefix("mcp") || ["sse", "message", "messages"].contains($0) }
    }

    /// The refusal of somebody without a token in the words of the page, for a browser that opened the endpoint's address.
    func worded(_ refusal: OutboundResponse, for request: InboundRequest) -> OutboundResponse {
        guard refusal.status == .unauthorized, request.method == .get || request.method == .head,
            !request.headers.contains(.authorization), MediaPreference(request.headers[values: .accept]) == .html
        else { return refusal }
        var response = refusal
        for field in page.headers { response.headers[field.name] = field.value }
        response.body = .whole(page.body)
        return guarded(response)
    }

    /// A client that was given this address instead of the endpoint's is told so.
    private func hint(_ status: HTTPResponse.Status, _ error: String, allow: String? = nil) -> OutboundResponse {
        var response = OutboundResponse(.refusal(status, error, "The MCP endpoint is \(endpoint)"))
        response.headers[.allow] = allow
        return guarded(response)
    }

    private func guarded(_ response: OutboundResponse) -> OutboundResponse {
        var response = response
        response.headers[.vary] = "Accept"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}

/// The value of an `If-None-Match` field, compared weakly (RFC 9110 section 13.1.2).
struct EntityTags {
    private let value: String

    init(_ value: String) { self.value = value }

    func match(_ tag: String) -> Bool {
        value.split(separator: ",").map(\.trimmedBlanks).contains { candidate in
            candidate == "*" || candidate == tag || candidate == "W/\(tag)"
        }
    }
}

extension Substring {
    fileprivate var trimmedBlanks: Substring {
        var text = drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}

extension HTTPField.Name {
    /// `Referrer-Policy`, which HTTPTypes does not know.
    fileprivate static let referrerPolicy: HTTPField.Name = {
        guard let name = HTTPField.Name("Referrer-Policy") else { preconditionFailure("the name is a token") }
        return name
    }()
}

extension ServerFacts {
    /// What the settings say about the server, as clients see it.
    init(_ settings: Settings, metadata: ProtectedResourceMetadata, tools: [ToolDefinition]) {
        let signIn = settings.signIn
        let description = ServerDescription.databricksJobs(isReadOnly: settings.tools.guardRails.isReadOnly)
        self.init(
            name: description.name, title: description.title, version: description.version,
            endpoint: metadata.resource, metadataURL: metadata.metadataURL,
            authorizationServer: signIn.publishesServerMetadata
                ? "\(settings.listener.baseURL)" : signIn.endpoints.issuer,
            scopes: metadata.scope.split(separator: " ").map(String.init),
            protocolVersions: ProtocolVersion.advertised.map(\.rawValue),
            // The beginning of what models are told: the rest is for them.
            tools: tools.map { Tool(name: $0.name, summary: String($0.description.prefix { !":.;".contains($0) })) },
            isReadOnly: settings.tools.guardRails.isReadOnly, documentationURL: signIn.documentationURL)
    }
}
