internal import NIOConcurrencyHelpers
internal import Observability

/// Slots and pauses: who may call the workspace, and who waits (D-120).
///
/// A free slot costs a lock; the actor is asked only when somebody has to wait for one, or does.
extension DatabricksClient {
    /// A call that has a slot.
    struct Passage {
        let session: ToolSession
        let endpoint: Endpoint
        /// Whether it goes first after a pause of everybody.
        let isProbe: Bool
    }

    /// Waits until the caller may use the workspace; mostly there is nothing to wait for.
    ///
    /// - Returns: What ``leave(_:_:)`` needs to give the slot back.
    /// - Throws: ``DatabricksError`` when that would be too late, and `CancellationError`.
    nonisolated func enter(_ session: ToolSession, for request: DatabricksRequest) async throws -> Passage {
        let step = slots.withLockedValue {
            $0.tryEnter(session.user, request.endpoint, at: surroundings.now)
        }
        let isProbe: Bool
        if case .go(let goesFirst) = step {
            isProbe = goesFirst
        } else {
            let started = surroundings.now()
            defer {
                let wait = started.duration(to: surroundings.now())
                metrics.recordWait(wait)
                RequestContext.current?.addQueue(wait)
            }
            isProbe = try await waitToEnter(session, for: request, step)
        }
        return Passage(session: session, endpoint: request.endpoint, isProbe: isProbe)
    }

    /// Pauses and waits in turn: each time, another caller may have been told to slow down meanwhile.
    ///
    /// - Returns: Whether the call goes first after a pause of everybody.
    private nonisolated func waitToEnter(
        _ session: ToolSession, for request: DatabricksRequest, _ first: Slots.Step
    ) async throws -> Bool {
        var step = first
        while true {
            switch step {
            case .go(let isProbe): return isProbe
            case .pause(let pause):
                try await sitOut(pause, session, for: request)
                step = slots.withLockedValue { $0.tryEnter(session.user, request.endpoint, at: surroundings.now) }
            case .queue:
                try await queue(session, for: request)
                step = slots.withLockedValue { $0.called(session.user, request.endpoint, at: surroundings.now) }
                if case .pause = step { await wake(after: session.user) }
            }
        }
    }

    /// Sleeps until a pause is over, or refuses the call when that would be too late.
    private nonisolated func sitOut(
        _ pause: CoolDowns.Pause, _ session: ToolSession, for request: DatabricksRequest
    ) async throws {
        let last = session.deadline - configuration.retry.shortestAttempt
        guard pause.end <= last, slots.withLockedValue({ $0.beginPause(session.user) }) else {
            throw refusal(
                pause.isShared ? .sharedPause : .userPause, of: request,
                retryAfter: surroundings.now().duration(to: pause.end))
        }
        defer { slots.withLockedValue { $0.endPause(session.user) } }
        // Those who pause together do not come back together.
        let spread: Duration = pause.isShared ? .milliseconds(250) * surroundings.random() : .zero
        try await surroundings.sleep(min(pause.end + spread, last))
    }

    /// Waits for a slot in the queue.
    private func queue(_ session: ToolSession, for request: DatabricksRequest) async throws {
        switch slots.withLockedValue({ $0.admission.enter(user: session.user, deadline: session.deadline) }) {
        case .admitted: return
        case .userQueueFull: throw refusal(.userQueueFull, of: request)
        case .queueFull: throw refusal(.queueFull, of: request)
        case .wait(let ticket, let displaced):
            if let displaced { waiting.removeValue(forKey: displaced)?.resume(returning: .displaced) }
            switch await wait(for: ticket) {
            case .admitted?: return
            case .expired?: throw refusal(.tooLate, of: request)
            case .displaced?: throw refusal(.queueFull, of: request)
            case nil: throw CancellationError()
            }
        }
    }

    private nonisolated func refusal(
        _ reason: CallRefusal, of request: DatabricksRequest, retryAfter: Duration? = nil
    ) -> DatabricksError {
        metrics.recordRefusal(reason)
        return DatabricksError(
            reason.kind, to: request, retryAfter: retryAfter,
            operatorMessage: "\(request.endpoint.rawValue) not sent: \(reason.operatorMessage)")
    }

    /// Suspends until the ticket is called; `nil` when the caller was cancelled first.
    ///
    /// Does not suspend between the ticket and the continuation, so that ``wake(after:)`` finds one for each.
    private func wait(for ticket: AdmissionQueue.Ticket) async -> AdmissionQueue.WaitOutcome? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // A cancellation from before this point found no continuation to resume.
                if Task.isCancelled, leaveQueue(ticket) { return continuation.resume(returning: nil) }
                waiting[ticket] = continuation
            }
        } onCancel: {
            // The only way from a cancellation handler, which is synchronous, into the actor.
            Task { await self.abandon(ticket) }
        }
    }

    private func abandon(_ ticket: AdmissionQueue.Ticket) {
        // A ticket that was called in the meantime has a slot, which its owner gives back in the ordinary way.
        guard leaveQueue(ticket) else { return }
        waiting.removeValue(forKey: ticket)?.resume(returning: nil)
    }

    private func leaveQueue(_ ticket: AdmissionQueue.Ticket) -> Bool {
        slots.withLockedValue { $0.admission.abandon(ticket) }
    }

    /// Gives a slot back and passes on the workspace's wish for a pause.
    nonisolated func leave(_ passage: Passage, _ outcome: AttemptOutcome, _ failure: AttemptFailure?) async {
        let isThrottled = failure?.kind == .throttled
        let hasLeft = slots.withLockedValue { slots in
            if isThrottled || passage.isProbe {
                slots.coolDowns.settle(
                    passage, throttle: isThrottled ? failure : nil, isAnswered: outcome.status != nil,
                    at: surroundings.now())
            }
            guard slots.admission.isIdle else { return false }
            _ = slots.admission.leave(user: passage.session.user, at: .now)
            return true
        }
        if !hasLeft { await wake(after: passage.session.user) }
    }

    /// Gives a slot back to whoever is next.
    private func wake(after user: String) {
        let now = surroundings.now()
        let woken = slots.withLockedValue { $0.admission.leave(user: user, at: now) }
        for (ticket, outcome) in woken { waiting.removeValue(forKey: ticket)?.resume(returning: outcome) }
    }
}

extension CoolDowns {
    /// Learns what came of a call that counts here.
    fileprivate mutating func settle(
        _ passage: DatabricksClient.Passage, throttle: AttemptFailure?, isAnswered: Bool,
        at now: ContinuousClock.Instant
    ) {
        if let throttle {
            // All applications are one to the workspace (E-87).
            let session = passage.session
            let identity = session.caller.identity == .servicePrincipal ? "" : session.user
            throttled(
                session.user, as: identity, on: passage.endpoint, wish: throttle.requestedDelay,
                isProbe: passage.isProbe, at: now)
        } else {
            probed(passage.endpoint, isAnswered: isAnswered)
        }
    }
}
