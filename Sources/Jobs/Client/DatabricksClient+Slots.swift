internal import NIOConcurrencyHelpers
internal import Observability

/// Slots and cool-down: who may call the workspace, and who waits (D-120).
///
/// A free slot costs a lock; the actor is asked only when somebody has to wait, or does.
extension DatabricksClient {
    /// Waits until the caller may use the workspace; mostly there is nothing to wait for.
    ///
    /// - Throws: ``DatabricksError`` when that would be too late, and `CancellationError`.
    nonisolated func enter(_ session: ToolSession, for request: DatabricksRequest) async throws {
        let hasEntered = slots.withLockedValue { slots in
            slots.coolDownEnd == nil && slots.admission.tryEnter(user: session.user)
        }
        if !hasEntered { try await waitToEnter(session, for: request) }
    }

    private func waitToEnter(_ session: ToolSession, for request: DatabricksRequest) async throws {
        // Checked again after every sleep: another caller may have been told to slow down in the meantime.
        while let end = coolDownEnd(at: surroundings.now()) {
            guard end + configuration.retry.shortestAttempt <= session.deadline else {
                throw DatabricksError(
                    .coolingDown, to: request, retryAfter: surroundings.now().duration(to: end),
                    operatorMessage: "\(request.endpoint.rawValue) not sent: the workspace is cooling down")
            }
            try await surroundings.sleep(end)
        }
        switch slots.withLockedValue({ $0.admission.enter(user: session.user, deadline: session.deadline) }) {
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

    /// The end of the cool-down, forgotten once it is over.
    private func coolDownEnd(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        slots.withLockedValue { slots in
            if let end = slots.coolDownEnd, end <= now { slots.coolDownEnd = nil }
            return slots.coolDownEnd
        }
    }

    /// Suspends until the ticket is called; `nil` when the caller was cancelled first.
    ///
    /// Does not suspend between the ticket and the continuation, so that ``wake(after:coolDown:)`` finds one for each.
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
    nonisolated func leave(_ user: String, coolDown: Duration?) async {
        let hasLeft = slots.withLockedValue { slots in
            guard coolDown == nil, slots.admission.isIdle else { return false }
            _ = slots.admission.leave(user: user, at: .now)
            return true
        }
        if !hasLeft { await wake(after: user, coolDown: coolDown) }
    }

    private func wake(after user: String, coolDown: Duration?) {
        let now = surroundings.now()
        let woken = slots.withLockedValue { slots in
            if let coolDown {
                // Longer wishes bind the caller through `retry_after_seconds`, but not everybody for so long.
                let end = now + min(coolDown, .seconds(60))
                slots.coolDownEnd = max(slots.coolDownEnd ?? end, end)
            }
            return slots.admission.leave(user: user, at: now)
        }
        for (ticket, outcome) in woken { waiting.removeValue(forKey: ticket)?.resume(returning: outcome) }
    }
}
