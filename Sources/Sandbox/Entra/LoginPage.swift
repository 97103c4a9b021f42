internal import HTTPSyntax

/// The page that asks who signs in: plain buttons, no script.
struct LoginPage: Sendable {
    let request: AuthorizationRequest
    /// The path of the authorize endpoint, which the buttons post to.
    let path: String
    let users: [DirectoryUser]

    var reply: SandboxReply {
        var reply = SandboxReply.text(200, html, type: "text/html; charset=utf-8")
        // No `form-action`: browsers apply it to the redirect that follows the form, too.
        reply.setHeader(
            "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
        reply.setHeader("Referrer-Policy", "no-referrer")
        return reply
    }

    private var html: String {
        let client = HTMLText.shown(request.application.name)
        let wish = HTMLText.shown(request.scope.text)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Sandbox sign-in</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem; }
            button { display: block; width: 100%; font: inherit; text-align: left; margin: 0.5rem 0; padding: 0.6rem 1rem; }
            small { color: #555; }
            </style>
            </head>
            <body>
            <h1>Who signs in?</h1>
            <p><b>\(client)</b> asks for <code>\(wish)</code>.<br>
            <small>This is a stand-in for Microsoft Entra ID. There are no passwords.</small></p>
            <form method="post" action="\(HTMLText.escaped(target))">
            \(buttons)
            <button name="decision" value="deny">Deny</button>
            </form>
            </body>
            </html>

            """
    }

    /// The person that the client hints at comes first and has the focus.
    private var buttons: String {
        let hint = request.query["login_hint"]?.lowercased() ?? ""
        let isHinted: (DirectoryUser) -> Bool = {
            [$0.name, $0.objectID, $0.principalName.lowercased()].contains(hint)
        }
        let ordered = users.filter(isHinted) + users.filter { !isHinted($0) }
        return ordered.enumerated().map { index, user in
            let focus = index == 0 ? " autofocus" : ""
            let name = HTMLText.shown(user.displayName)
            let details = HTMLText.shown(user.principalName)
            return """
                <button name="user" value="\(HTMLText.escaped(user.name))"\(focus)>\(name) <small>\(details)</small></button>
                """
        }.joined(separator: "\n")
    }

    /// The same request again.
    private var target: String {
        let query = request.query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return "\(path)?\(query.joined(separator: "&"))"
    }
}
