internal import NIOConcurrencyHelpers
package import Observability

/// A Databricks access token of this server's own application, for machine callers (E-87).
///
/// Another type than a user's ``AccessToken``, so that one can never stand in for the other (E-88).
package struct ApplicationToken: Sendable, Equatable {
    /// The token: stands in the `Authorization` field of calls to Databricks and nowhere else.
    package let secret: Secret
    /// Names the token without revealing it: to discard this one and no newer.
    package let id: UInt64
}

/// The one Databricks token of this server's application: asked for once at a time, renewed in the background (E-87).
///
/// It knows no users: ``OBOTokenCache`` is another object with other types (E-88).
package actor ApplicationTokenCache {
    /// How long an operator's mistake is remembered: machine callers repeat what people would stop doing.
    package static let configurationMemory: Duration = .seconds(10)

    private typealias Entry = TokenEntry<ApplicationToken>

    /// What is remembered, and under which credential it was obtained.
    private struct Held: Sendable {
        var entry: Entry
        let generation: Int
    }

    private let endpoint: TokenEndpoint
    private let time: TimeSource
    private let held = NIOLockedValueBox<Held?>(nil)
    private var flight: Flight<Result<ApplicationToken, OBOError>>?
    private var lastID: UInt64 = 0

    /// - Parameters:
    ///   - endpoint: Where the token is obtained.
    ///   - time: The clocks.
    package init(endpoint: TokenEndpoint, time: TimeSource = .system) {
        self.endpoint = endpoint
        self.time = time
    }

    /// Returns a Databricks token of this server's application.
    ///
    /// - Parameter deadline: How long this caller waits; the request goes on for others.
    /// - Returns: A token with at least 5 minutes left, unless Entra ID issues shorter ones.
    /// - Throws: ``OBOError`` when Entra ID refuses or the deadline passes, `CancellationError` when cancelled.
    package nonisolated func token(deadline: ContinuousClock.Instant) async throws -> ApplicationToken {
        switch find() {
        case .token(let token, let isDueForRenewal):
            if isDueForRenewal { await renew() }
            return token
        case .refusal(let error): throw error
        case nil: return try await obtain(deadline: deadline)
        }
    }

    /// Forgets the token with this ``ApplicationToken/id`` after Databricks has refused it (E-66).
    package nonisolated func discard(tokenID: UInt64) {
        held.withLockedValue { held in
            if case .token(let token, _, _)? = held?.entry, token.id == tokenID { held = nil }
        }
    }

    private nonisolated func find() -> Entry.Found? {
        let now = MonotonicTime(time.now())
        let generation = endpoint.credentialGeneration
        return held.withLockedValue { held in
            guard held?.generation == generation else { return nil }
            return held?.entry.find(at: now)
        }
    }

    private func obtain(deadline: ContinuousClock.Instant) async throws -> ApplicationToken {
        // Again, on the actor: a request may have ended since the caller looked.
        switch find() {
        case .token(let token, _): return token
        case .refusal(let error): throw error
        case nil: break
        }
        let joined = self.flight
        let flight = joined ?? start()
        let patience = time.now().duration(to: deadline)
        let landed =
            joined == nil
            ? await flight.outcome(within: patience, time: time)
            : await waitingForExchange(flight.trace) { await flight.outcome(within: patience, time: time) }
        guard let outcome = landed else {
            try Task.checkCancellation()
            throw OBOError(
                .transient, detail: "no answer before the call's deadline", reference: .current,
                grant: .clientCredentials)
        }
        return try outcome.get()
    }

    /// Renews a token that is still good; whoever asked does not wait (E-63).
    private func renew() {
        if flight == nil { _ = start() }
    }

    private func start() -> Flight<Result<ApplicationToken, OBOError>> {
        let span = WorkSpan.exchange(.clientCredentials)
        let flight = Flight<Result<ApplicationToken, OBOError>>(trace: span.trace)
        self.flight = flight
        // Unstructured because it must outlive the caller that happened to come first; it ends by the endpoint's own
        // budget, and logs under the first caller's correlation id, which Entra ID is told (E-54).
        Task {
            let result = await span.run { await perform() }
            span.end(result)
            flight.land(result)
        }
        return flight
    }

    private func perform() async -> Result<ApplicationToken, OBOError> {
        let sent = time.now()
        let result: Result<TokenResponse, OBOError>
        do throws(OBOError) {
            result = .success(try await endpoint.token(.clientCredentials))
        } catch {
            result = .failure(error)
        }
        flight = nil
        switch result {
        case .success(let response):
            lastID += 1
            let token = ApplicationToken(secret: response.token, id: lastID)
            remember(Entry(token, response, sent: sent, time: time))
            return .success(token)
        case .failure(let error):
            remember(error)
            return .failure(error)
        }
    }

    /// A fault that passes leaves a token that is still good (E-63).
    private func remember(_ error: OBOError) {
        if case .token? = find(), !error.failureClass.isAboutTheUser { return }
        let memory = error.failureClass == .configuration ? Self.configurationMemory : error.memory
        remember(memory.map { .refusal(error, until: MonotonicTime(time.now() + $0)) })
    }

    private func remember(_ entry: Entry?) {
        let generation = endpoint.credentialGeneration
        held.withLockedValue { $0 = entry.map { Held(entry: $0, generation: generation) } }
    }
}
