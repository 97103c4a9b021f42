internal import NIOConcurrencyHelpers

/// Counts how often the operator has replaced a credential: part of the key of every cached token (E-60).
///
/// Read for every tool call, also from outside the actor that counts.
final class CredentialGeneration: Sendable {
    private let count = NIOLockedValueBox(0)

    var current: Int { count.withLockedValue { $0 } }

    func advance() { count.withLockedValue { $0 += 1 } }
}
