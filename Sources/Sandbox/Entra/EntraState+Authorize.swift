internal import JSON

// The authorize endpoint (E-173, entra.md 7.4): it approves at once instead of showing a page.

extension EntraState {
    /// Answers `GET /{tenant}/oauth2/v2.0/authorize`.
    mutating func authorize(tenant: String, _ exchange: EntraExchange) -> SandboxReply {
        let query = exchange.request.query ?? []
        let target: (redirect: Application.Redirect, application: Application)
        do throws(EntraError) {
            guard exchange.request.method == "GET" else { throw EntraError(900561, "Use GET.") }
            guard tenant == SandboxIdentity.tenantID else { throw .unknownTenant(tenant) }
            guard query.repeatedName == nil, exchange.request.query != nil else { throw EntraError(9_002_313) }
            target = try redirectTarget(query)
        } catch {
            // Without a trustworthy redirect address the error stays here.
            return .text(400, "<html><body>AADSTS\(error.code): \(error.text)</body></html>", type: "text/html")
        }
        do throws(EntraError) {
            let code = try code(query, target.redirect, target.application, exchange)
            return redirect(query, [("code", code), ("session_state", random.uuid())])
        } catch {
            let description = "AADSTS\(error.code): \(error.text)"
            return redirect(
                query,
                [
                    ("error", error.error), ("error_description", description),
                    ("error_uri", "\(address.baseURL)/error?code=\(error.code)"),
                ])
        }
    }

    private func redirectTarget(
        _ query: [FormField]
    ) throws(EntraError) -> (redirect: Application.Redirect, application: Application) {
        guard let clientID = query["client_id"] else { throw .missingParameter("client_id") }
        guard let application = application(clientID) else { throw EntraError(700016) }
        guard let uri = query["redirect_uri"], let redirect = application.redirect(matching: uri) else {
            throw EntraError(50011, "The redirect URI does not match those registered for the application.")
        }
        return (redirect, application)
    }

    private mutating func code(
        _ query: [FormField], _ redirect: Application.Redirect, _ application: Application, _ exchange: EntraExchange
    ) throws(EntraError) -> String {
        guard query["response_type"]?.split(separator: " ").contains("code") == true else {
            throw EntraError(700054, "The response_type must contain 'code'.")
        }
        guard [nil, "query", "fragment"].contains(query["response_mode"]) else {
            throw EntraError(9_002_313, "The sandbox knows the response modes query and fragment only.")
        }
        let scope = try scopeRequest(query["scope"], resource: query["resource"])
        let challenge = try codeChallenge(query, isRequired: redirect.platform != .web)
        switch grants.signIn {
        case .approve: break
        case .deny: throw EntraError(65004)
        case .needsConsent: throw EntraError(65001, "No consent was given for application '\(application.clientID)'.")
        }
        guard let user = user(query["login_hint"] ?? grants.signInUser) ?? user(grants.signInUser) else {
            throw EntraError(50034)
        }
        let code = "0.\(random.uniqueTokenID())\(random.uniqueTokenID())"
        grants.codes[code] = GrantStore.Code(
            clientID: application.clientID, redirect: redirect, redirectURI: query["redirect_uri"] ?? "",
            user: user.name, scope: scope, challenge: challenge, nonce: query["nonce"],
            passedClaims: query["claims"] != nil, expiresAt: exchange.now + 600)
        return code
    }

    private func codeChallenge(_ query: [FormField], isRequired: Bool) throws(EntraError) -> CodeChallenge? {
        guard let value = query["code_challenge"], !value.isEmpty else {
            guard !isRequired else {
                throw EntraError(9_002_325, "Proof Key for Code Exchange is required for this redirect URI.")
            }
            return nil
        }
        guard let method = CodeChallenge.Method(rawValue: query["code_challenge_method"] ?? "plain") else {
            throw EntraError(501481, "The code_challenge_method is not supported.")
        }
        return CodeChallenge(value: value, method: method)
    }

    private func redirect(_ query: [FormField], _ parameters: [(String, String)]) -> SandboxReply {
        let all = parameters + (query["state"].map { [("state", $0)] } ?? [])
        let text = all.map { "\($0.0)=\(percentEncoded($0.1))" }.joined(separator: "&")
        let uri = query["redirect_uri"] ?? ""
        let mark = query["response_mode"] == "fragment" ? "#" : uri.contains("?") ? "&" : "?"
        return SandboxReply(status: 302, headers: [("Location", "\(uri)\(mark)\(text)")])
    }
}

extension Application {
    /// The registered redirect that `uri` matches: exactly, except that loopback addresses ignore the port (5.1 g).
    func redirect(matching uri: String) -> Redirect? {
        redirects.first { $0.uri == uri || $0.uri == Self.withoutLoopbackPort(uri) }
    }

    private static func withoutLoopbackPort(_ uri: String) -> String {
        for host in ["http://127.0.0.1:", "http://localhost:"] where uri.hasPrefix(host) {
            let rest = uri.dropFirst(host.count).drop { $0.isNumber }
            return String(host.dropLast()) + (rest == "/" ? "" : rest)
        }
        return uri
    }
}
