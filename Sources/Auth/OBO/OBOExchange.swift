package import HTTPTransport
internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability
internal import OpenSSL

/// Exchanges a user's token for a Databricks token of the same user: one On-Behalf-Of exchange (entra.md 2).
///
/// Tenant, authority, scope and client come from settings only; nothing that a caller sends chooses where the token
/// goes (E-51, E-161).
package struct OBOExchange: Sendable {
    /// Bound on a whole exchange, its retry included (E-98).
    package static let budget: Duration = .seconds(15)

    private let endpoints: EntraEndpoints
    private let clientID: GUID
    private let credential: ClientCredential
    private let transport: any HTTPSending
    private let time: TimeSource
    private let metrics = OBOExchangeMetrics()
    private let journal: OBOJournal

    /// - Parameters:
    ///   - endpoints: The tenant.
    ///   - clientID: `AZURE_CLIENT_ID`.
    ///   - credential: The server's own.
    ///   - transport: Sends to the authority; follows no redirects.
    ///   - time: The clocks.
    package init(
        endpoints: EntraEndpoints, clientID: GUID, credential: ClientCredential, transport: any HTTPSending,
        time: TimeSource = .system
    ) {
        self.endpoints = endpoints
        self.clientID = clientID
        self.credential = credential
        self.transport = transport
        self.time = time
        journal = OBOJournal(time: time)
    }

    /// Everything besides the assertion that decides which token comes back, as one digest (E-60).
    var context: SHA256Digest {
        SHA256.digest(
            [
                endpoints.authority, endpoints.tenantID.description, clientID.description, endpoints.databricksScope,
                "\(credential.generation)",
            ].joined(separator: "\n"))
    }

    /// Exchanges the principal's token, with at most one retry (2.6).
    ///
    /// - Throws: ``OBOError`` when Entra ID refuses, or gives no answer within ``budget``.
    func token(for principal: Principal) async throws(OBOError) -> TokenResponse {
        let started = time.now()
        let deadline = started + Self.budget
        let correlationID = RequestContext.current?.correlationID ?? CorrelationID()
        var plan = OBORetryPlan(deadline: deadline)
        while true {
            do throws(OBOAttemptFailure) {
                let response = try await attempt(principal, correlationID, deadline: deadline)
                metrics.ended("success", after: started.duration(to: time.now()))
                return response
            } catch {
                switch plan.failed(error.obstacle, at: time.now(), random: time.random()) {
                case .retry(let pause):
                    journal.willRetry(error.error, after: pause)
                    // Cut short only by cancellation, which the transport then answers at once.
                    try? await time.sleep(pause)
                case .giveUp:
                    throw report(error, as: error.error, since: started)
                case .giveUpThrottled(let seconds):
                    throw report(error, as: error.error.throttled(seconds: seconds), since: started)
                }
            }
        }
    }

    private func report(_ failure: OBOAttemptFailure, as error: OBOError, since started: ContinuousClock.Instant)
        -> OBOError
    {
        metrics.ended(error.failureClass.rawValue, after: started.duration(to: time.now()))
        journal.failed(error, failure)
        return error
    }

    private func attempt(_ principal: Principal, _ correlationID: CorrelationID, deadline: ContinuousClock.Instant)
        async throws(OBOAttemptFailure) -> TokenResponse
    {
        let remaining = max(time.now().duration(to: deadline), .milliseconds(1))
        let request = request(principal, correlationID, timeout: min(.seconds(10), remaining))
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.send(request)
        } catch {
            throw OBOAttemptFailure(error, correlationID)
        }
        journal.compareClocks(response.headers["Date"])
        guard response.status == 200, let token = TokenResponse(parsing: response.body) else {
            throw OBOAttemptFailure(response, correlationID, now: time.wallSeconds())
        }
        journal.succeeded(requestID: response.headers["x-ms-request-id"])
        return token
    }

    /// E-50, E-54, E-55: exactly these fields, in the order of entra.md 2.1.
    private func request(_ principal: Principal, _ correlationID: CorrelationID, timeout: Duration) -> HTTPRequest {
        let fields =
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("client_id", clientID.description),
            ] + credential.formFields() + [
                ("assertion", principal.assertion.revealed), ("requested_token_use", "on_behalf_of"),
                ("scope", endpoints.databricksScope),
            ]
        return HTTPRequest(
            method: .post, url: endpoints.tokenEndpoint,
            headers: [
                "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded",
                "client-request-id": "\(correlationID)", "return-client-request-id": "true",
                "x-ms-lib-capability": "retry-after, h429",
            ],
            body: FormBody.encode(fields), timeout: timeout, connectTimeout: min(.seconds(5), timeout),
            maximumResponseBytes: 1 << 20)
    }
}
