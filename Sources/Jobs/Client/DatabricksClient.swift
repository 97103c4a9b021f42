package import HTTPTransport
internal import JSON
internal import Logging
internal import Observability

/// Calls the Jobs API of one workspace as whichever user a session belongs to.
///
/// The actor guards two things that outlive a call: who may call now, and until when the workspace wants peace (D-120).
/// Everything else, from building a request to parsing its answer, runs outside of it and in parallel.
package actor DatabricksClient {
    /// Everything about the client that an operator can choose.
    package struct Configuration: Sendable {
        /// Tries, delays and time limits.
        package var retry = RetryPolicy()
        /// Calls of one user at a time (D-120).
        package var callsPerUser = 4
        /// Calls of all users at a time (D-120).
        package var callsPerWorkspace = 16
        /// Pages of one run's arrays that a call reads at most; the token of the next one is passed on (D-61).
        package var pagesPerRun = 10
        /// What results may weigh (P-73).
        package var results = ResultLimits()
        /// What callers may do with which jobs (P-88).
        package var guardRails = GuardRails()
        /// How the calls introduce themselves.
        package var userAgent: UserAgent

        /// The defaults, for one release of this server.
        package init(userAgent: UserAgent) { self.userAgent = userAgent }
    }

    /// The workspace that is called.
    package nonisolated let workspace: Workspace
    nonisolated let configuration: Configuration
    /// Clocks, sleep and chance.
    package nonisolated let surroundings: Surroundings
    private nonisolated let transport: any HTTPSending
    nonisolated let metrics = ClientMetrics()

    /// What is known about jobs, for rules by name or tag (P-88).
    nonisolated let knownJobs = KnownJobs()

    private var admission: AdmissionQueue
    private var waiting: [AdmissionQueue.Ticket: CheckedContinuation<AdmissionQueue.WaitOutcome?, Never>] = [:]
    private var coolDownEnd: ContinuousClock.Instant?

    /// Creates a client; it starts nothing and owns no connection.
    package init(
        workspace: Workspace, transport: any HTTPSending, configuration: Configuration,
        surroundings: Surroundings = Surroundings()
    ) {
        self.workspace = workspace
        self.transport = transport
        self.configuration = configuration
        self.surroundings = surroundings
        var limits = AdmissionQueue.Limits()
        limits.perUser = configuration.callsPerUser
        limits.perWorkspace = configuration.callsPerWorkspace
        admission = AdmissionQueue(limits: limits)
    }

    /// Opens the dealings of one tool call; its budget starts now (D-119).
    nonisolated func session(
        for caller: any WorkspaceTokenProviding, deadline: ContinuousClock.Instant, clientName: String?
    ) -> ToolSession {
        ToolSession(
            caller: caller, deadline: min(deadline, surroundings.now() + configuration.retry.budget),
            userAgent: configuration.userAgent.text(clientName: clientName),
            user: RequestContext.current?.principalID ?? "")
    }

    /// Makes one call, repeating it as ``RetryPlan`` says and once with a fresh token (E-66, D-107).
    ///
    /// - Throws: ``DatabricksError``; `CancellationError` when the caller is gone; whatever the token provider throws.
    nonisolated func send(_ request: DatabricksRequest, in session: ToolSession) async throws -> DatabricksAnswer {
        try await withWorkSpan("databricks \(request.endpoint.rawValue)") { span in
            do {
                return try await answer(to: request, in: session)
            } catch {
                span.fail(error)
                throw error
            }
        }
    }

    private nonisolated func answer(
        to request: DatabricksRequest, in session: ToolSession
    ) async throws -> DatabricksAnswer {
        var request = request
        var tries = 0
        request.identity = session.caller.identity
        var plan = RetryPlan(policy: configuration.retry, deadline: session.deadline)
        // The first try after which the service may have acted: whatever comes then, the caller must know (D-118).
        var doubt: AttemptFailure?
        do {
            while true {
                let token = try await session.caller.workspaceToken(deadline: session.deadline)
                defer { tries += 1 }
                switch try await attempt(request, with: token, in: session, after: tries) {
                case .success(let answer): return answer
                case .failure(let failure):
                    if doubt == nil, request.endpoint.isPost, failure.mayHaveActed { doubt = failure }
                    if failure.kind.mayNeedFreshToken, session.mayRefreshToken() {
                        await discard(token, of: session.caller, after: failure)
                    } else {
                        try await pause(after: failure, plan: &plan, of: request)
                    }
                }
            }
        } catch {
            guard let doubt else { throw error }
            var doubtful = error as? DatabricksError ?? doubt.error(for: request, retryAfter: nil)
            doubtful.mayHaveActed = true
            throw doubtful
        }
    }

    private nonisolated func discard(
        _ token: WorkspaceToken, of caller: any WorkspaceTokenProviding, after failure: AttemptFailure
    ) async {
        if let challenge = failure.challenge {
            await caller.discardWorkspaceToken(token, demanding: challenge.encodedClaims)
        } else {
            await caller.discardWorkspaceToken(token)
        }
    }

    /// Waits before the next try, or throws when there is none.
    private nonisolated func pause(
        after failure: AttemptFailure, plan: inout RetryPlan, of request: DatabricksRequest
    ) async throws {
        let now = surroundings.now()
        let action = plan.failed(
            isTransient: failure.kind.isTransient, requestedDelay: failure.requestedDelay,
            jitter: surroundings.random(), at: now)
        switch action {
        case .giveUp(let retryAfter):
            throw failure.error(for: request, retryAfter: retryAfter)
        case .retry(let delay):
            metrics.recordRetry(request.endpoint)
            Logger.current.info(
                "databricks request is repeated",
                metadata: [
                    "databricks.endpoint": "\(request.endpoint.rawValue)", "failure.kind": "\(failure.kind.rawValue)",
                    "retry.delay": "\(delay.logSeconds)", "retry.number": "\(plan.failures)",
                ])
            try await surroundings.sleep(now + delay)
        }
    }

    /// One try: waits for a slot, sends, classifies.
    private nonisolated func attempt(
        _ request: DatabricksRequest, with token: WorkspaceToken, in session: ToolSession, after tries: Int
    ) async throws -> Result<DatabricksAnswer, AttemptFailure> {
        try await enter(session, for: request)
        let started = surroundings.now()
        let outcome = await exchange(request, with: token, in: session, at: started, after: tries)
        let duration = started.duration(to: surroundings.now())
        RequestContext.current?.addUpstreamCall(duration)
        let failure = outcome.failure(now: surroundings.epochMilliseconds() / 1000)
        await leave(session.user, coolDown: failure.flatMap { $0.kind == .throttled ? $0.requestedDelay : nil })

        metrics.record(request.endpoint, status: outcome.status, duration: duration)
        if failure?.kind == .throttled { metrics.recordThrottle(request.endpoint) }
        // Read before it is logged: a success that holds no answer is a failure too.
        let result = failure.map(Result.failure) ?? outcome.parsed()
        log(request, outcome, result, duration)
        if case .noAnswer(let error) = outcome, error.kind == .cancelled { throw CancellationError() }
        return result
    }

    private nonisolated func exchange(
        _ request: DatabricksRequest, with token: WorkspaceToken, in session: ToolSession,
        at now: ContinuousClock.Instant, after tries: Int
    ) async -> AttemptOutcome {
        let timeLeft = now.duration(to: session.deadline)
        guard timeLeft >= configuration.retry.shortestAttempt else {
            return .noAnswer(TransportError(.timeout, requestWasSent: false, detail: "no time left for another call"))
        }
        let message = HTTPRequest(
            request, to: workspace, token: token, userAgent: session.userAgent,
            timeout: min(configuration.retry.attemptTimeout, timeLeft), resendCount: tries)
        do throws(TransportError) {
            return .answer(try await transport.send(message))
        } catch {
            return .noAnswer(error)
        }
    }

    private nonisolated func log(
        _ request: DatabricksRequest, _ outcome: AttemptOutcome, _ result: Result<DatabricksAnswer, AttemptFailure>,
        _ duration: Duration
    ) {
        let kind: FailureKind? = if case .failure(let failure) = result { failure.kind } else { nil }
        Logger.current.debug(
            "databricks request",
            metadata: [
                "databricks.endpoint": "\(request.endpoint.rawValue)",
                "http.status": "\(outcome.status.map(String.init) ?? "none")",
                "duration.ms": "\(duration.logMilliseconds)",
                "failure.kind": "\(kind?.rawValue ?? "none")",
                "http.bytes": "\(outcome.bodyLength)",
            ])
    }
}

// MARK: - Slots and cool-down

extension DatabricksClient {
    /// Waits until the caller may use the workspace.
    ///
    /// - Throws: ``DatabricksError`` when that would be too late, and `CancellationError`.
    private func enter(_ session: ToolSession, for request: DatabricksRequest) async throws {
        // Checked again after every sleep: another caller may have been told to slow down in the meantime.
        while let end = coolDownEnd, case let now = surroundings.now(), now < end {
            guard end + configuration.retry.shortestAttempt <= session.deadline else {
                throw DatabricksError(
                    .coolingDown, to: request, retryAfter: now.duration(to: end),
                    operatorMessage: "\(request.endpoint.rawValue) not sent: the workspace is cooling down")
            }
            try await surroundings.sleep(end)
        }
        switch admission.enter(user: session.user, deadline: session.deadline) {
        case .admitted: return
        case .refused: throw DatabricksError(.busy, to: request, operatorMessage: "the waiting queue is full")
        case .wait(let ticket):
            switch await wait(for: ticket) {
            case .admitted?: return
            case .expired?:
                throw DatabricksError(.busy, to: request, operatorMessage: "no free slot before the deadline")
            case nil: throw CancellationError()
            }
        }
    }

    /// Suspends until the ticket is called; `nil` when the caller was cancelled first.
    private func wait(for ticket: AdmissionQueue.Ticket) async -> AdmissionQueue.WaitOutcome? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A cancellation from before this point found no continuation to resume.
                if Task.isCancelled, admission.abandon(ticket) { return continuation.resume(returning: nil) }
                waiting[ticket] = continuation
            }
        } onCancel: {
            // The only way from a cancellation handler, which is synchronous, into the actor.
            Task { await self.abandon(ticket) }
        }
    }

    private func abandon(_ ticket: AdmissionQueue.Ticket) {
        // A ticket that was called in the meantime has a slot, which its owner gives back in the ordinary way.
        guard admission.abandon(ticket) else { return }
        waiting.removeValue(forKey: ticket)?.resume(returning: nil)
    }

    /// Gives a slot back and passes on the workspace's wish for a pause.
    private func leave(_ user: String, coolDown: Duration?) {
        let now = surroundings.now()
        if let coolDown {
            // Longer wishes bind the caller through `retry_after_seconds`, but not everybody for so long.
            let end = now + min(coolDown, .seconds(60))
            coolDownEnd = max(coolDownEnd ?? end, end)
        }
        for (ticket, outcome) in admission.leave(user: user, at: now) {
            waiting.removeValue(forKey: ticket)?.resume(returning: outcome)
        }
    }
}
