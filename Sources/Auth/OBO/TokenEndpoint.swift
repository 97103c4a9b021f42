package import HTTPTransport
internal import NIOConcurrencyHelpers
internal import Observability
internal import OpenSSL

/// Entra ID's token endpoint, asked for Databricks tokens: for users On-Behalf-Of, and for this application (E-87).
///
/// Tenant, authority, scope and client come from settings only; nothing that a caller sends chooses where a token
/// goes (E-51, E-161).
package struct TokenEndpoint: Sendable {
    /// Bound on obtaining a token, with the server's own proof and all retries (E-98).
    package static let budget: Duration = .seconds(15)
    /// While Entra ID throttles many, somebody whom it has not refused waits no longer for another's request.
    static let probePatience: Duration = .seconds(2)

    private let endpoints: EntraEndpoints
    private let clientID: GUID
    private let credential: any ClientCredential
    private let transport: any HTTPSending
    private let time: TimeSource
    private let metrics = TokenEndpointMetrics()
    private let journal: TokenEndpointJournal
    private let throttle = NIOLockedValueBox(SharedThrottle<TokenGrant.Requester>())

    /// - Parameters:
    ///   - endpoints: The tenant.
    ///   - clientID: The app registration.
    ///   - credential: The server's own.
    ///   - transport: Sends to the authority; follows no redirects.
    ///   - time: The clocks.
    package init(
        endpoints: EntraEndpoints, clientID: GUID, credential: some ClientCredential, transport: any HTTPSending,
        time: TimeSource = .system
    ) {
        self.endpoints = endpoints
        self.clientID = clientID
        self.credential = credential
        self.transport = transport
        self.time = time
        journal = TokenEndpointJournal(time: time)
    }

    /// What decides which token comes back, besides the user's own and the credential's generation (E-60).
    var context: SHA256Digest {
        SHA256.digest(
            [
                endpoints.authority, endpoints.tenantID.description, clientID.description, endpoints.databricksScope,
                credential.mode.rawValue,
            ].joined(separator: "\n"))
    }

    /// Rises when the operator replaces the server's credential (E-60).
    var credentialGeneration: Int { credential.generation }

    /// Obtains a token, with at most one retry (E-95) and one other proof of the server's identity (E-71).
    ///
    /// - Throws: ``OBOError`` when Entra ID refuses, gives no answer within ``budget``, or throttles all of us (E-97).
    func token(_ grant: TokenGrant) async throws(OBOError) -> TokenResponse {
        let started = time.now()
        let probe = try await admit(grant)
        defer { probe?.land(()) }
        do throws(OBOError) {
            let response = try await attempts(grant, deadline: started + Self.budget)
            throttle.withLockedValue { $0.ended(grant.requester, probe: probe, throttledFor: nil, at: time.now()) }
            metrics.ended(grant.kind, "success", after: started.duration(to: time.now()))
            return response
        } catch {
            let pause = error.failureClass == .throttled ? error.retryAfterSeconds : nil
            throttle.withLockedValue { $0.ended(grant.requester, probe: probe, throttledFor: pause, at: time.now()) }
            metrics.ended(grant.kind, error.failureClass.rawValue, after: started.duration(to: time.now()))
            throw error
        }
    }

    /// Waits for the turn of `grant`, at most ``probePatience``.
    ///
    /// - Returns: What others wait for meanwhile, if they do.
    /// - Throws: ``OBOError`` when Entra ID throttles many, this requester among them (E-97).
    private func admit(_ grant: TokenGrant) async throws(OBOError) -> Flight<Void>? {
        let end = time.now() + Self.probePatience
        while true {
            switch throttle.withLockedValue({ $0.admit(grant.requester, at: time.now()) }) {
            case .go(let probe): return probe
            case .wait(let seconds): throw OBOError.everybodyWaits(seconds: seconds, for: grant.kind)
            case .after(let probe):
                let patience = time.now().duration(to: end)
                guard patience > .zero, await probe.outcome(within: patience, time: time) != nil else { return nil }
            }
        }
    }

    private func attempts(_ grant: TokenGrant, deadline: ContinuousClock.Instant) async throws(OBOError)
        -> TokenResponse
    {
        let correlationID = RequestContext.current?.correlationID ?? CorrelationID()
        var proof = try await proof(for: grant.kind, correlationID, deadline: deadline)
        var plan = OBORetryPlan(deadline: deadline)
        var mayReplaceProof = true
        var tries = 0
        while true {
            defer { tries += 1 }
            do throws(OBOAttemptFailure) {
                return try await attempt(grant, proof, correlationID, deadline: deadline, after: tries)
            } catch {
                if mayReplaceProof, let other = await self.proof(insteadOf: proof, after: error, deadline: deadline) {
                    (proof, mayReplaceProof) = (other, false)
                    journal.willReplaceProof(error.error, mode: credential.mode)
                    continue
                }
                let action = plan.failed(error.obstacle, at: time.now(), random: time.random())
                guard case .retry(let pause) = action else { throw report(error, action, proof) }
                journal.willRetry(error.error, after: pause)
                // Cut short only by cancellation, which the transport then answers at once.
                try? await time.sleep(pause)
            }
        }
    }

    private func report(_ failure: OBOAttemptFailure, _ action: OBORetryPlan.Action, _ proof: ClientProof) -> OBOError {
        var error = failure.error
        if case .giveUpThrottled(let seconds) = action { error = error.throttled(seconds: seconds) }
        journal.failed(error, failure, proof: proof)
        return error
    }

    // MARK: - The server's own proof

    private func proof(
        for kind: TokenGrant.Kind, _ correlationID: CorrelationID, deadline: ContinuousClock.Instant
    ) async throws(OBOError) -> ClientProof {
        do throws(CredentialError) {
            return try await credential.proof(deadline: deadline)
        } catch {
            let error = OBOError(error, for: kind, correlationID)
            journal.failed(error)
            throw error
        }
    }

    private func proof(
        insteadOf rejected: ClientProof, after failure: OBOAttemptFailure, deadline: ContinuousClock.Instant
    ) async -> ClientProof? {
        guard let code = failure.error.code, credential.mode.mayReplaceProof(after: code) else { return nil }
        return await credential.proof(insteadOf: rejected, code: code, deadline: deadline)
    }

    // MARK: - One request

    private func attempt(
        _ grant: TokenGrant, _ proof: ClientProof, _ correlationID: CorrelationID, deadline: ContinuousClock.Instant,
        after tries: Int
    ) async throws(OBOAttemptFailure) -> TokenResponse {
        let remaining = max(time.now().duration(to: deadline), .milliseconds(1))
        var request = request(grant, proof, correlationID, timeout: min(.seconds(10), remaining))
        request.resendCount = tries
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.send(request)
        } catch {
            throw OBOAttemptFailure(error, grant.kind, correlationID)
        }
        journal.compareClocks(response.headers["Date"])
        guard response.status == 200, let token = TokenResponse(parsing: response.body) else {
            throw OBOAttemptFailure(response, grant.kind, correlationID, now: time.wallSeconds())
        }
        journal.succeeded(grant.kind, requestID: response.headers["x-ms-request-id"])
        return token
    }

    /// E-54: our correlation id, asked to be echoed, and what we honour; nothing that poses as Microsoft's library.
    private func request(
        _ grant: TokenGrant, _ proof: ClientProof, _ correlationID: CorrelationID, timeout: Duration
    ) -> HTTPRequest {
        HTTPRequest(
            method: .post, url: endpoints.tokenEndpoint,
            headers: [
                "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded",
                "client-request-id": "\(correlationID)", "return-client-request-id": "true",
                "x-ms-lib-capability": "retry-after, h429",
            ],
            body: FormBody.encode(
                grant.formFields(clientID: clientID, proof: proof, scope: endpoints.databricksScope)),
            timeout: timeout, connectTimeout: min(.seconds(5), timeout), maximumResponseBytes: 1 << 20)
    }
}
