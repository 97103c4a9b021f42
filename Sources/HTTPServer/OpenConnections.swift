internal import NIOConcurrencyHelpers
internal import NIOCore

/// What all connections of a listener are told when it ends; a user event of their pipelines.
enum ShutdownEvent: Sendable {
    /// Answer what has come, then close.
    case quiesce
    /// Close, and cancel what is being answered.
    case stop
}

/// The connections of one listener, from their first handler to the end of their last request's task.
///
/// The lock is held for one dictionary operation.
final class OpenConnections: Sendable {
    private struct State {
        var shutdown: ShutdownEvent?
        var channels: [ObjectIdentifier: any Channel] = [:]
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())

    /// Takes note of a connection.
    ///
    /// - Returns: What the connections were told already, which goes for this one, too.
    func add(_ channel: any Channel) -> ShutdownEvent? {
        state.withLockedValue { state in
            state.channels[ObjectIdentifier(channel)] = channel
            return state.shutdown
        }
    }

    /// A connection is closed, and nothing of it is being answered.
    func remove(_ channel: any Channel) {
        let waiter = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            state.channels[ObjectIdentifier(channel)] = nil
            guard state.channels.isEmpty else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Tells all connections.
    func shutDown(_ event: ShutdownEvent) {
        let channels = state.withLockedValue { state in
            state.shutdown = event
            return Array(state.channels.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(event) }
    }

    /// Waits until there are none; for one caller.
    func emptied() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLockedValue { state in
                if !state.channels.isEmpty { state.waiter = continuation }
                return state.channels.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }
}
