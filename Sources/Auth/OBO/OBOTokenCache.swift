internal import HTTPSyntax
internal import JSON
internal import Observability
internal import OpenSSL

/// Databricks tokens by the user's token: one exchange at a time per user, different users in parallel (E-60 to E-67).
///
/// A hit reads a sharded store and never waits for the actor, which owns the exchanges.
package actor OBOTokenCache {
    /// A token is not handed out when it has less than this left: a queued call, and clocks that differ (E-62).
    package static let margin: Duration = .seconds(300)
    /// How many exchanges run at a time; more wait in line (E-160).
    package static let maximumExchanges = 64
    /// How many of them may be one user's: the others' wait must not depend on how slowly Entra ID answers one (E-160).
    package static let maximumExchangesPerUser = 4
    /// How many may wait; more are turned away.
    package static let maximumWaiting = 10_000
    /// How many of those may be one user's: what ``ExchangeRate`` admits in a minute.
    package static let maximumWaitingPerUser = 60

    private let endpoint: TokenEndpoint
    private let context: SHA256Digest
    private let time: TimeSource
    private let metrics = OBOCacheMetrics()
    private let store: OBOStore
    private var flights: [OBOKey: Flight<Result<AccessToken, OBOError>>] = [:]
    private var gate = AdmissionGate<GUID>(
        limit: maximumExchanges, limitPerUser: maximumExchangesPerUser, maximumWaiting: maximumWaiting,
        maximumWaitingPerUser: maximumWaitingPerUser)
    private var rate = ExchangeRate<GUID>()
    private var demandedClaims: [OBOKey: String] = [:]
    private var lastID: UInt64 = 0

    /// - Parameters:
    ///   - endpoint: Where tokens are obtained.
    ///   - capacity: How many users' tokens are kept (E-65).
    ///   - time: The clocks.
    package init(endpoint: TokenEndpoint, capacity: Int = 10_000, time: TimeSource = .system) {
        self.endpoint = endpoint
        context = endpoint.context
        self.time = time
        store = OBOStore(capacity: capacity)
    }

    /// Returns a Databricks token of the user that `principal` is.
    ///
    /// - Parameters:
    ///   - principal: The caller; its token is sent to the token endpoint and nowhere else (E-51).
    ///   - deadline: How long this caller waits; the exchange goes on for others and for the cache.
    /// - Returns: A token with at least 5 minutes left, unless Entra ID issues shorter ones.
    /// - Throws: ``OBOError`` when Entra ID refuses or the deadline passes, `CancellationError` when cancelled.
    package nonisolated func token(for principal: Principal, deadline: ContinuousClock.Instant) async throws
        -> AccessToken
    {
        let key = key(for: principal)
        switch store.find(key, at: MonotonicTime(time.now())) {
        case .token(let token, let isDueForRenewal):
            metrics.lookedUp(.hit)
            if isDueForRenewal { await renew(key, for: principal) }
            return token
        case .refusal(let error):
            metrics.lookedUp(.refusal)
            throw error
        case nil:
            return try await obtain(key, for: principal, deadline: deadline)
        }
    }

    /// Forgets the token with this ``AccessToken/id`` after Databricks has refused it (E-66).
    package nonisolated func discard(tokenID: UInt64, for principal: Principal) {
        store.remove(key(for: principal), tokenID: tokenID)
    }

    /// Forgets the token with this ``AccessToken/id``, and sends what Databricks demands with the next exchange (E-66).
    ///
    /// - Parameters:
    ///   - tokenID: What Databricks refused.
    ///   - principal: Whose it was.
    ///   - encodedClaims: The claims of Databricks' challenge in Base64; anything but a JSON object is not sent on.
    package func discard(tokenID: UInt64, for principal: Principal, demanding encodedClaims: String) {
        let key = key(for: principal)
        // Bounded like the exchanges; a demand that finds no room is made again by the next refusal.
        guard store.remove(key, tokenID: tokenID), demandedClaims.count < Self.maximumWaiting else { return }
        demandedClaims[key] = Self.claims(encodedClaims)
    }

    /// At most 4 KiB of JSON, as received; with the limits of a token, because Entra ID decides by them.
    private static func claims(_ encoded: String) -> String? {
        guard let bytes = Base64.decode(strictly: encoded) ?? Base64URL.decode(strictly: encoded), bytes.count <= 4_096,
            let document = try? JSONDocument(parsing: bytes, limits: .token), document.root.isObject
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private nonisolated func key(for principal: Principal) -> OBOKey {
        OBOKey(
            token: principal.tokenDigest, context: context, credentialGeneration: endpoint.credentialGeneration)
    }

    /// Removes expired tokens every minute until the task is cancelled (E-65).
    package func run() async {
        while !Task.isCancelled {
            store.sweep(at: MonotonicTime(time.now()))
            metrics.counted(store.count)
            // Whoever met a claims challenge has repeated the call long since.
            demandedClaims = [:]
            rate.prune(at: time.now())
            // Throws when cancelled, which ends the loop.
            try? await time.sleep(.seconds(60))
        }
    }

    // MARK: - Exchanges

    private func obtain(_ key: OBOKey, for principal: Principal, deadline: ContinuousClock.Instant) async throws
        -> AccessToken
    {
        // Again, on the actor: an exchange may have ended since the caller looked.
        switch store.find(key, at: MonotonicTime(time.now())) {
        case .token(let token, _):
            metrics.lookedUp(.hit)
            return token
        case .refusal(let error):
            metrics.lookedUp(.refusal)
            throw error
        case nil: break
        }
        let joined = flights[key]
        metrics.lookedUp(joined == nil ? .miss : .joined)
        let flight = try joined ?? start(key, for: principal)
        let patience = time.now().duration(to: deadline)
        let outcome =
            joined == nil
            ? await flight.outcome(within: patience, time: time)
            : await waitingForExchange(flight.trace) { await flight.outcome(within: patience, time: time) }
        guard let outcome else {
            try Task.checkCancellation()
            throw OBOError(.transient, detail: "no answer before the call's deadline", reference: .current)
        }
        return try outcome.get()
    }

    /// Renews a token that is still good; whoever asked does not wait, and a failure changes nothing for them (E-63).
    private func renew(_ key: OBOKey, for principal: Principal) {
        guard flights[key] == nil else { return }
        _ = try? start(key, for: principal)
    }

    private func start(_ key: OBOKey, for principal: Principal) throws(OBOError)
        -> Flight<Result<AccessToken, OBOError>>
    {
        guard !gate.isFull else {
            throw OBOError(.throttled, detail: "too many exchanges waiting", reference: .current, retryAfterSeconds: 5)
        }
        let user = principal.objectID
        if let seconds = gate.isFull(for: user) ? 5 : rate.admit(user, at: time.now()) {
            throw OBOError(
                .throttled, message: "Too many sign-ins of yours at a time.", detail: "too many exchanges of one user",
                reference: .current, retryAfterSeconds: seconds)
        }
        let span = WorkSpan.exchange(.onBehalfOf)
        let flight = Flight<Result<AccessToken, OBOError>>(trace: span.trace)
        flights[key] = flight
        // Unstructured because it must outlive the caller that happened to come first; it ends by the exchange's own
        // budget, and logs under the first caller's correlation id, which Entra ID is told (E-54).
        Task {
            let result = await span.run { await perform(key, for: principal) }
            span.end(result)
            flight.land(result)
        }
        return flight
    }

    private func perform(_ key: OBOKey, for principal: Principal) async -> Result<AccessToken, OBOError> {
        let user = principal.objectID
        if !gate.tryEnter(user) {
            await withCheckedContinuation { gate.wait(user, $0) }
        }
        let sent = time.now()
        let result: Result<TokenResponse, OBOError>
        do throws(OBOError) {
            let claims = demandedClaims.removeValue(forKey: key)
            result = .success(try await endpoint.token(.onBehalfOf(principal, claims: claims)))
        } catch {
            result = .failure(error)
        }
        gate.leave(user)
        flights[key] = nil
        switch result {
        case .success(let response):
            return .success(keep(response, for: key, of: principal, sent: sent))
        case .failure(let error):
            remember(error, for: key)
            return .failure(error)
        }
    }

    /// E-62: until 5 minutes before the token ends, and not longer than the user's own token lasts.
    private func keep(
        _ response: TokenResponse, for key: OBOKey, of principal: Principal, sent: ContinuousClock.Instant
    ) -> AccessToken {
        lastID += 1
        let token = AccessToken(response.token, id: lastID)
        let inboundEnd = time.now() + .seconds(principal.expiresAt - time.wallSeconds())
        let entry = OBOStore.Entry(token, response, sent: sent, notAfter: inboundEnd, time: time)
        if let entry { store.insert(entry, for: key) }
        return token
    }

    /// E-63, E-67: a refusal that concerns the user ends the cached token; any other leaves it.
    private func remember(_ error: OBOError, for key: OBOKey) {
        let now = time.now()
        if !error.failureClass.isAboutTheUser, store.holdsToken(key, at: MonotonicTime(now)) { return }
        guard let memory = error.memory else { return store.remove(key) }
        store.insert(.refusal(error, until: MonotonicTime(now + memory)), for: key)
    }
}
