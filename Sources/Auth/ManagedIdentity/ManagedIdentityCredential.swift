package import HTTPTransport
internal import Observability

/// Tokens of this host's managed identity, which the app registration trusts as a federated credential (E-111).
///
/// One token at a time, shared by all users, asked for once at a time (E-116). It is as secret as a client secret:
/// never logged, never stored, sent to the authority only (E-119).
package actor ManagedIdentityCredential: ClientCredential {
    /// A token is not used when it has less than this left.
    package static let margin: Duration = .seconds(300)
    /// A token that lives so long is renewed after half of it, seconds.
    package static let longLife: Int64 = 7_200
    /// Bound on one round of requests, retries included (E-98).
    package static let budget: Duration = .seconds(15)
    /// When the platform repeats a token that Entra ID has refused, it is not asked again for so long (E-120).
    package static let refusalMemory: Duration = .seconds(60)

    /// ``CredentialMode/managedIdentity``.
    package nonisolated let mode = CredentialMode.managedIdentity
    /// Always 0: the platform renews the token, the operator replaces nothing.
    package nonisolated let generation = 0

    private struct Held {
        let proof: ClientProof
        let usableUntil: ContinuousClock.Instant
        let renewFrom: ContinuousClock.Instant
    }

    private let request: ManagedIdentityRequest
    private let transport: any HTTPSending
    private let time: TimeSource
    private let journal: ManagedIdentityJournal
    private var held: Held?
    private var flight: Flight<Result<ClientProof, CredentialError>>?
    private var failure: (error: CredentialError, until: ContinuousClock.Instant)?
    private var pause = ManagedIdentityPause()
    private var refused: (id: UInt64, until: ContinuousClock.Instant)?
    private var last: ClientProof?

    /// - Parameters:
    ///   - endpoint: The platform's.
    ///   - identity: `AZURE_MANAGED_IDENTITY_CLIENT_ID`, a user-assigned identity (E-111).
    ///   - endpoints: The tenant; its cloud decides the audience.
    ///   - transport: Asks the platform directly.
    ///   - time: The clocks.
    package init(
        endpoint: ManagedIdentityEndpoint, identity: GUID?, endpoints: EntraEndpoints, transport: any HTTPSending,
        time: TimeSource = .system
    ) {
        let audience = (endpoints.cloud ?? .global).federationAudience
        request = ManagedIdentityRequest(endpoint: endpoint, identity: identity, resource: audience)
        self.transport = transport
        self.time = time
        journal = ManagedIdentityJournal(endpoint: endpoint, time: time)
    }

    /// The token at hand; a new one when there is none.
    ///
    /// - Throws: ``CredentialError``; at once while a failure of moments ago is remembered (E-117).
    package func proof(deadline: ContinuousClock.Instant) async throws(CredentialError) -> ClientProof {
        let now = time.now()
        if let held, now < held.usableUntil {
            if now >= held.renewFrom, mayAsk(at: now) { start() }
            return held.proof
        }
        if let failure, now < failure.until { throw remembered(failure, at: now) }
        return try await outcome(of: flight ?? start(), deadline: deadline)
    }

    /// A token that the platform hands out after Entra ID has refused `rejected`, unless it is the same one (E-120).
    package func proof(
        insteadOf rejected: ClientProof, code: Int, deadline: ContinuousClock.Instant
    ) async -> ClientProof? {
        guard mode.mayReplaceProof(after: code) else { return nil }
        let now = time.now()
        if let held, held.proof.id != rejected.id, now < held.usableUntil { return held.proof }
        if let refused, refused.id == rejected.id, now < refused.until { return nil }
        if let failure, now < failure.until { return nil }
        guard let renewed = try? await outcome(of: flight ?? start(), deadline: deadline) else { return nil }
        guard renewed.id == rejected.id else { return renewed }
        refused = (rejected.id, time.now() + Self.refusalMemory)
        return nil
    }

    /// Renews the token ahead of need, and keeps asking while there is none, until the task is cancelled.
    package func maintain() async {
        while !Task.isCancelled {
            let wait = time.now().duration(to: nextDue)
            if wait > .zero {
                // Throws when cancelled, which ends the loop.
                try? await time.sleep(wait)
            } else {
                _ = await withBackgroundActivity("managed_identity.renewal") { _ in
                    await (flight ?? start()).outcome()
                }
            }
        }
    }

    private var nextDue: ContinuousClock.Instant {
        let now = time.now()
        return max(held?.renewFrom ?? now, failure?.until ?? now)
    }

    private func mayAsk(at now: ContinuousClock.Instant) -> Bool {
        flight == nil && failure.map { now >= $0.until } ?? true
    }

    private func remembered(
        _ failure: (error: CredentialError, until: ContinuousClock.Instant), at now: ContinuousClock.Instant
    ) -> CredentialError {
        var error = failure.error
        error.retryAfter = now.duration(to: failure.until)
        return error
    }

    private func outcome(
        of flight: Flight<Result<ClientProof, CredentialError>>, deadline: ContinuousClock.Instant
    ) async throws(CredentialError) -> ClientProof {
        guard let outcome = await flight.outcome(within: time.now().duration(to: deadline), time: time) else {
            throw CredentialError(.tooSlow, detail: "no token before the call's deadline")
        }
        return try outcome.get()
    }

    // MARK: - Asking the platform

    @discardableResult
    private func start() -> Flight<Result<ClientProof, CredentialError>> {
        let flight = Flight<Result<ClientProof, CredentialError>>()
        self.flight = flight
        // Unstructured because it must outlive the caller that happened to come first; it ends by its own budget.
        Task {
            await withWorkSpan("managed identity token") { span in
                let result = await perform()
                if case .failure(let error) = result { span.fail(error.problem.rawValue) }
                flight.land(result)
            }
        }
        return flight
    }

    private func perform() async -> Result<ClientProof, CredentialError> {
        let result = await ask()
        flight = nil
        switch result {
        case .success(let answer):
            journal.succeeded(expiresIn: answer.expiresIn)
            return .success(keep(answer))
        case .failure(let failed):
            let wait = pause.next(isUpdating: failed.isUpdating)
            journal.failed(failed.error, pause: wait)
            failure = (failed.error, time.now() + wait)
            var error = failed.error
            error.retryAfter = wait
            return .failure(error)
        }
    }

    private func ask() async -> Result<ManagedIdentityAnswer, ManagedIdentityFailure> {
        let deadline = time.now() + Self.budget
        var plan = ManagedIdentityRetryPlan(deadline: deadline)
        var tries = 0
        while true {
            do throws(ManagedIdentityFailure) {
                return .success(try await attempt(deadline: deadline, after: tries))
            } catch {
                tries += 1
                guard case .retry(let pause) = plan.failed(error.obstacle, at: time.now()) else {
                    return .failure(error)
                }
                journal.willRetry(error.error, after: pause)
                // Nobody cancels this task; its end is the plan's.
                try? await time.sleep(pause)
            }
        }
    }

    private func attempt(
        deadline: ContinuousClock.Instant, after tries: Int
    ) async throws(ManagedIdentityFailure) -> ManagedIdentityAnswer {
        let correlationID = RequestContext.current?.correlationID ?? CorrelationID()
        let timeLeft = max(time.now().duration(to: deadline), .milliseconds(1))
        let response: HTTPResponse
        do throws(TransportError) {
            var message = request.http(correlationID, timeLeft: timeLeft)
            message.resendCount = tries
            response = try await transport.send(message)
        } catch {
            throw ManagedIdentityFailure(error, from: request.endpoint)
        }
        guard response.status == 200,
            let answer = ManagedIdentityAnswer(parsing: response.body, now: time.wallSeconds())
        else { throw ManagedIdentityFailure(response) }
        return answer
    }

    /// E-116: usable until 5 minutes before its end; renewed from half of a long life, else when no longer usable.
    private func keep(_ answer: ManagedIdentityAnswer) -> ClientProof {
        let now = time.now()
        // The platform repeats a token for hours: the same text is the same proof.
        let proof =
            last.flatMap { $0.value == answer.token ? $0 : nil }
            ?? ClientProof(assertion: answer.token, id: (last?.id ?? 0) + 1)
        let usableUntil = now + .seconds(answer.expiresIn) - Self.margin
        let half = time.jittered(.seconds(answer.expiresIn) / 2, by: 0.05)
        let renewFrom = answer.expiresIn >= Self.longLife ? now + half : usableUntil
        // A token that is nearly over serves this once, and the platform is not asked without pause.
        held = Held(proof: proof, usableUntil: usableUntil, renewFrom: max(renewFrom, now + .seconds(30)))
        (last, failure, pause) = (proof, nil, ManagedIdentityPause())
        return proof
    }
}
