internal import HTTPSyntax
package import HTTPTypes

/// Which web pages may reach the endpoint: step 1 of the pipeline, and CORS for those (T-10, T-11, T-15).
package struct OriginPolicy: Sendable {
    /// What to do with a request.
    package enum Verdict: Sendable, Equatable {
        /// No browser sent it.
        case absent
        /// A page of this origin sent it; the value as it came, for the CORS headers.
        case allowed(String)
        /// Answer 403.
        case refused
    }

    private let allowed: Set<WebOrigin>

    /// Creates the allow-list.
    ///
    /// - Parameters:
    ///   - publicURL: The public URL of the server; its own origin is allowed.
    ///   - extras: Further origins, `scheme://host[:port]` each.
    ///   - loopbackPort: The port, if the server is bound to loopback; pages of that port are allowed then.
    /// - Throws: ``InvalidAddress`` for the first value that is not an origin.
    package init(publicURL: String, extras: [String] = [], loopbackPort: Int? = nil) throws(InvalidAddress) {
        var allowed: Set<WebOrigin> = []
        guard let own = URLParts(publicURL).flatMap(WebOrigin.init(of:)) else { throw InvalidAddress(value: publicURL) }
        allowed.insert(own)
        for extra in extras {
            guard let origin = WebOrigin(extra) else { throw InvalidAddress(value: extra) }
            allowed.insert(origin)
        }
        if let loopbackPort {
            for host in ["localhost", "127.0.0.1", "[::1]"] {
                if let origin = WebOrigin("http://\(host):\(loopbackPort)") { allowed.insert(origin) }
            }
        }
        self.allowed = allowed
    }

    /// Judges the values of all `Origin` headers of a request; `null`, malformed and repeated ones are refused.
    package func judge(_ values: [String]) -> Verdict {
        guard let value = values.first else { return .absent }
        guard values.count == 1, let origin = WebOrigin(value), allowed.contains(origin) else { return .refused }
        return .allowed(value)
    }

    /// The headers that let a page of an allowed origin read an answer.
    package static func responseHeaders(for origin: String) -> HTTPFields {
        [
            .accessControlAllowOrigin: origin, .vary: "Origin", .accessControlExposeHeaders: "WWW-Authenticate",
        ]
    }

    /// The answer to a preflight request from an allowed origin.
    package static func preflight(for origin: String) -> MCPReply {
        var reply = MCPReply(status: .noContent)
        reply.headers.append(contentsOf: responseHeaders(for: origin))
        reply.headers[.accessControlAllowMethods] = "POST"
        reply.headers[.accessControlAllowHeaders] =
            "authorization, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, "
            + "last-event-id"
        return reply
    }

    /// The answer to a request from any other origin.
    package static let refusal = MCPReply.error(
        nil, RPCError(.invalidRequest, "Origin not allowed", status: .forbidden))
}

/// A configured address that cannot be read.
package struct InvalidAddress: Error, Equatable {
    /// The value as configured.
    package let value: String
}
