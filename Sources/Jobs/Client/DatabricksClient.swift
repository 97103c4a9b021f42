package import HTTPTransport
internal import JSON
internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability

/// Calls the Jobs API of one workspace as whichever user a session belongs to.
///
/// The actor owns who waits for a slot, and who is woken when (D-120). A slot that is free is taken and given back under
/// a lock, without it; everything else, from building a request to parsing its answer, runs in parallel as well.
package actor DatabricksClient {
    /// Everything about the client that an operator can choose.
    package struct Configuration: Sendable {
        /// Tries, delays and time limits.
        package var retry = RetryPolicy()
        /// Calls at a time, and calls that may wait (D-120).
        package var calls = AdmissionQueue.Limits()
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

    nonisolated let slots: NIOLockedValueBox<Slots>
    var waiting: [AdmissionQueue.Ticket: CheckedContinuation<AdmissionQueue.WaitOutcome?, Never>] = [:]

    /// Creates a client; it starts nothing and owns no connection.
    package init(
        workspace: Workspace, transport: any HTTPSending, configuration: Configuration,
        surroundings: Surroundings = Surroundings()
    ) {
        self.workspace = workspace
        self.transport = transport
        self.configuration = configuration
        self.surroundings = surroundings
        slots = NIOLockedValueBox(Slots(limits: configuration.calls))
    }

    /// Opens the dealings of one tool call; its budget starts now (D-119).
    nonisolated func session(
        for caller: any WorkspaceTokenProviding, deadline: ContinuousClock.Instant, clientName: String?
    ) -> ToolSession {
        let now = surroundings.now()
        return ToolSession(
            caller: caller,
            deadline: min(deadline - Self.lastWords(of: now.duration(to: deadline)), now + configuration.retry.budget),
            userAgent: configuration.userAgent.text(clientName: clientName),
            user: RequestContext.current?.principalID ?? "")
    }

    /// What a tool call keeps of its time for its answer: were the workspace waited for until the very end, chance would
    /// decide whether its silence is reported or the call is cancelled.
    private nonisolated static func lastWords(of time: Duration) -> Duration {
        min(max(time, .zero) / 10, .seconds(2))
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
            throw Self.doubtful(error, after: doubt, of: request)
        }
    }

    /// What the caller reads when an earlier try may have been carried out: the last answer, or else the reason of the
    /// doubt, because a try that was not sent says nothing about the one that was.
    private nonisolated static func doubtful(
        _ last: any Error, after doubt: AttemptFailure, of request: DatabricksRequest
    ) -> DatabricksError {
        let last = last as? DatabricksError
        let retryAfter = last?.details.retryAfterSeconds.map { Duration.seconds($0) }
        var error = doubt.error(for: request, retryAfter: retryAfter)
        if let last, last.details.httpStatus != nil { error = last }
        error.mayHaveActed = true
        return error
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
        let passage = try await enter(session, for: request)
        let started = surroundings.now()
        let message = message(request, with: token, in: session, at: started, after: tries)
        let outcome = await outcome(of: message)
        // The one measurement of an attempt: for the access line and for the metrics by endpoint and by status.
        let duration = started.duration(to: surroundings.now())
        RequestContext.current?.addUpstreamCall(duration)
        let failure = outcome.failure(now: surroundings.epochMilliseconds() / 1000)
        await leave(passage, outcome, failure)

        metrics.record(request.endpoint, outcome, duration: duration, wasSent: message != nil)
        if failure?.kind == .throttled { metrics.recordThrottle(request.endpoint) }
        // Read before it is logged: a success that holds no answer is a failure too.
        let result = failure.map(Result.failure) ?? outcome.parsed(for: request.endpoint)
        log(request, outcome, result, duration)
        // A start that was sent is a doubt, whoever has left.
        if case .noAnswer(let error) = outcome, error.kind == .cancelled,
            !(request.endpoint.isPost && error.requestWasSent)
        {
            throw CancellationError()
        }
        return result
    }

    /// The message of one try; `nil` when there is no time left for it.
    private nonisolated func message(
        _ request: DatabricksRequest, with token: WorkspaceToken, in session: ToolSession,
        at now: ContinuousClock.Instant, after tries: Int
    ) -> HTTPRequest? {
        let timeLeft = now.duration(to: session.deadline)
        guard timeLeft >= configuration.retry.shortestAttempt else { return nil }
        return HTTPRequest(
            request, to: workspace, token: token, userAgent: session.userAgent,
            timeout: min(configuration.retry.attemptTimeout, timeLeft), resendCount: tries)
    }

    private nonisolated func outcome(of message: HTTPRequest?) async -> AttemptOutcome {
        guard let message else {
            return .noAnswer(
                TransportError(.timeout, requestWasSent: false, detail: "no time left for another call"))
        }
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
