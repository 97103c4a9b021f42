internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

/// The time between being told to stop and taking no more requests.
///
/// Who balances load learns of a stop about when the server does: until then requests keep coming, and are answered.
/// Meanwhile `/readyz` says that the server is being stopped, and answers ask their clients to connect anew.
///
/// Stands last among the services, so that it is the first to be shut down and the listeners wait for it.
final class Drain: Service, CustomStringConvertible {
    private let length: Duration
    private let hasBegunBox = NIOLockedValueBox(false)

    /// - Parameter length: 0 where whatever stands in front loses no request, such as a socket of systemd's.
    init(length: Duration) { self.length = length }

    /// Whether the server was told to stop.
    var hasBegun: Bool { hasBegunBox.withLockedValue { $0 } }

    func run() async throws {
        try? await gracefulShutdown()
        hasBegunBox.withLockedValue { $0 = true }
        // Ends early when the process must end at once.
        try? await Task.sleep(for: length)
    }

    /// The name alone: service-lifecycle logs what a service prints.
    var description: String { "drain" }
}
