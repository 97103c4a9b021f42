internal import HTTPSyntax
package import HTTPTypes
internal import Observability

/// Which web pages may reach the endpoint: step 1 of the pipeline, and CORS for those (T-10, T-11, T-15).
package struct OriginPolicy: Sendable {
    /// What to do with a request.
    package enum Verdict: Sendable, Equatable {
        /// No browser sent it.
        case absent
        /// A page of this origin sent it; the value as it came, for the CORS headers.
        case allowed(String)
        /// Answer 403; the values as they came.
        case refused(String)
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

    /// Judges the values of all `Origin` headers of a request; `null`, malformed and different ones are refused.
    package func judge(_ values: [String]) -> Verdict {
        switch SingleValue(values) {
        case .absent: return .absent
        case .several(let values): return .refused(values)
        case .value(let value):
            guard let origin = WebOrigin(value), allowed.contains(origin) else { return .refused(value) }
            return .allowed(value)
        }
    }

    /// The headers that let a page of an allowed origin read an answer.
    package static func responseHeaders(for origin: String) -> HTTPFields {
        [
            .accessControlAllowOrigin: origin, .vary: "Origin",
            .accessControlExposeHeaders: "WWW-Authenticate, X-Correlation-ID, Retry-After",
        ]
    }

    /// The answer to a preflight request from an allowed origin.
    package static func preflight(for origin: String) -> MCPReply {
        var reply = MCPReply(status: .noContent)
        reply.headers.append(contentsOf: responseHeaders(for: origin))
        reply.headers[.accessControlAllowMethods] = "POST"
        reply.headers[.accessControlAllowHeaders] =
            "authorization, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, "
            + "last-event-id, x-correlation-id, traceparent, tracestate"
        // As long as the browsers that take the longest keep it; the origins change with a restart only.
        reply.headers[.accessControlMaxAge] = "7200"
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
