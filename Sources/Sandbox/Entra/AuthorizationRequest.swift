internal import HTTPSyntax

/// A request to the authorize endpoint that has passed all checks.
struct AuthorizationRequest: Sendable {
    let query: [FormField]
    let application: Application
    let redirect: Application.Redirect
    let scope: ScopeRequest
    let challenge: CodeChallenge?

    /// Whether the API has agreed for its users to this client.
    var isPreauthorized: Bool { scope.resource?.preauthorizedClients.contains(application.clientID) ?? false }
}

/// How the answer travels back to the client, in the mode that it asked for.
struct AuthorizationResponse: Sendable {
    enum Mode: String, Sendable {
        case query, fragment
        case formPost = "form_post"
    }

    let query: [FormField]

    /// The redirect, or the form that the browser posts, with `state` added.
    func reply(_ parameters: [(name: String, value: String)]) -> SandboxReply {
        let all = parameters + (query["state"].map { [("state", $0)] } ?? [])
        let uri = query["redirect_uri"] ?? ""
        let mode = query["response_mode"].flatMap(Mode.init) ?? .query
        if mode == .formPost { return Self.form(all, to: uri) }
        let text = all.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        let mark = mode == .fragment ? "#" : uri.contains("?") ? "&" : "?"
        return SandboxReply(status: 302, headers: [("Location", "\(uri)\(mark)\(text)")])
    }

    /// A form that submits itself, as Entra's does.
    private static func form(_ fields: [(name: String, value: String)], to uri: String) -> SandboxReply {
        let inputs = fields.map { name, value in
            #"<input type="hidden" name="\#(name)" value="\#(HTMLText.escaped(value))">"#
        }
        let page = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Working...</title></head>
            <body onload="document.forms[0].submit()">
            <form method="post" action="\(HTMLText.escaped(uri))">
            \(inputs.joined(separator: "\n"))
            <noscript><button>Continue</button></noscript>
            </form></body></html>

            """
        return .text(200, page, type: "text/html; charset=utf-8")
    }
}

extension Application {
    /// The registered redirect that `uri` matches.
    ///
    /// Exactly, or, but for single-page applications, a loopback address whatever its port. A registered address that ends
    /// in `/*` takes any path: the real service has that no more, and clients choose their own paths.
    func redirect(matching uri: String) -> Redirect? {
        if let exact = redirects.first(where: { $0.uri == uri }) { return exact }
        guard let (host, path) = Self.loopback(uri) else { return nil }
        return redirects.first { redirect in
            guard redirect.platform != .spa, let (otherHost, otherPath) = Self.loopback(redirect.uri) else {
                return false
            }
            return host == otherHost && (path == otherPath || otherPath == "/*")
        }
    }

    /// The host and the path of a loopback address, without its port.
    private static func loopback(_ uri: String) -> (host: String, path: String)? {
        guard let parts = URLParts(uri), parts.scheme == "http", parts.userInfo == nil, parts.fragment == nil,
            let host = Authority(parts.authority)?.host, host == "127.0.0.1" || host == "localhost"
        else { return nil }
        return (host, parts.target.isEmpty ? "/" : String(parts.target))
    }
}
