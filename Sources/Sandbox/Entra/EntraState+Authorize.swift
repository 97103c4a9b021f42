internal import JSON

// The authorize endpoint (E-173): it approves at once, or asks on a page who signs in.

extension EntraState {
    /// Answers `GET /{tenant}/oauth2/v2.0/authorize`, and the `POST` of the login page.
    mutating func authorize(tenant: String, _ exchange: EntraExchange) -> SandboxReply {
        let query = exchange.request.query ?? []
        let target: (redirect: Application.Redirect, application: Application)
        do throws(EntraError) {
            guard ["GET", "POST"].contains(exchange.request.method) else { throw EntraError(900561, "Use GET.") }
            guard tenant == SandboxIdentity.tenantID else { throw .unknownTenant(tenant) }
            guard query.repeatedName == nil, exchange.request.query != nil else { throw EntraError(9_002_313) }
            target = try redirectTarget(query)
        } catch {
            // Without a trustworthy redirect address the error stays here.
            let text = HTMLText.shown("AADSTS\(error.code): \(error.text)")
            return .text(400, "<html><body>\(text)</body></html>", type: "text/html; charset=utf-8")
        }
        let response = AuthorizationResponse(query: query)
        do throws(EntraError) {
            let request = try request(query, target.redirect, target.application)
            guard let user = try signedIn(request, exchange) else {
                return LoginPage(request: request, path: exchange.request.path, users: users).reply
            }
            return response.reply([("code", issueCode(request, user, exchange)), ("session_state", random.uuid())])
        } catch {
            return response.reply([
                ("error", error.error), ("error_description", "AADSTS\(error.code): \(error.text)"),
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

    /// The checks that Entra makes before it shows a page, in its order.
    private func request(
        _ query: [FormField], _ redirect: Application.Redirect, _ application: Application
    ) throws(EntraError) -> AuthorizationRequest {
        guard query["response_type"]?.split(separator: " ").contains("code") == true else {
            throw EntraError(700054, "The response_type must contain 'code'.")
        }
        guard query["response_mode"].map({ AuthorizationResponse.Mode(rawValue: $0) != nil }) ?? true else {
            throw EntraError(9_002_313, "The response mode is not supported.")
        }
        let scope = try scopeRequest(query["scope"], resource: query["resource"])
        let challenge = try codeChallenge(query, isRequired: redirect.platform != .web)
        return AuthorizationRequest(
            query: query, application: application, redirect: redirect, scope: scope, challenge: challenge)
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

    /// Who signs in; `nil` when the page shall ask.
    private func signedIn(
        _ request: AuthorizationRequest, _ exchange: EntraExchange
    ) throws(EntraError) -> DirectoryUser? {
        switch grants.signIn {
        case .approve: break
        case .deny: throw EntraError(65004)
        case .needsConsent where request.isPreauthorized: break
        case .needsConsent:
            throw EntraError(65001, "No consent was given for application '\(request.application.clientID)'.")
        }
        if exchange.request.method == "POST" {
            let choice = exchange.request.form ?? []
            guard choice["decision"] != "deny" else { throw EntraError(65004) }
            guard let user = choice["user"].flatMap({ user($0) }) else { throw EntraError(50034) }
            return user
        }
        if grants.showsLoginPage {
            guard request.query["prompt"] != "none" else { throw EntraError(50058) }
            return nil
        }
        guard let user = user(request.query["login_hint"] ?? grants.signInUser) ?? user(grants.signInUser) else {
            throw EntraError(50034)
        }
        return user
    }

    private mutating func issueCode(
        _ request: AuthorizationRequest, _ user: DirectoryUser, _ exchange: EntraExchange
    ) -> String {
        let code = "0.\(random.uniqueTokenID())\(random.uniqueTokenID())"
        grants.codes[code] = GrantStore.Code(
            clientID: request.application.clientID, redirect: request.redirect,
            redirectURI: request.query["redirect_uri"] ?? "", user: user.name, scope: request.scope,
            challenge: request.challenge, nonce: request.query["nonce"],
            claims: ClaimsParameter(request.query["claims"]), expiresAt: exchange.now + 600)
        return code
    }
}
