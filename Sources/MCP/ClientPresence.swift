internal import NIOConcurrencyHelpers

/// Whether the client of a request is still there; in the modern era its leaving ends the call (C-01).
///
/// The transport makes one for each connection and says when the client hangs up. The lock is held for a look at the
/// calls, of which a connection has one at a time.
package final class ClientPresence: Sendable {
    private struct State {
        var isGone = false
        var calls: [RunningCall] = []
    }

    private let state = NIOLockedValueBox(State())

    /// A client that is there.
    package init() {}

    /// Whether the client has hung up.
    package var isGone: Bool { state.withLockedValue { $0.isGone } }

    /// The client has hung up, which cancels the calls that end with it; more than once is no more than once.
    package func leave() {
        let calls = state.withLockedValue { state in
            state.isGone = true
            defer { state.calls = [] }
            return state.calls
        }
        for call in calls { call.abandon() }
    }

    /// Ties `call` to the client; one that is gone already cancels it at once.
    func bind(_ call: RunningCall) {
        let isGone = state.withLockedValue { state in
            if !state.isGone { state.calls.append(call) }
            return state.isGone
        }
        if isGone { call.abandon() }
    }

    /// `call` has ended.
    func forget(_ call: RunningCall) {
        state.withLockedValue { $0.calls.removeAll { $0 === call } }
    }
}
