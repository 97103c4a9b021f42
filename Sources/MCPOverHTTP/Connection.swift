package import MCP
internal import NIOConcurrencyHelpers

/// One client connection, as the code that answers its requests sees it.
///
/// Requests of a connection are answered one after the other, so that there is at most one response at a time.
package final class Connection: Sendable {
    /// The connection whose request is being answered.
    @TaskLocal package static var current: Connection?

    /// Leaves when the connection is closed, or when the client has closed its half of it.
    package let client = ClientPresence()
    private let completion = NIOLockedValueBox<(@Sendable () async -> Void)?>(nil)

    init() {}

    /// Has `action` run once when the response to the current request has been written, or could not be.
    package func afterResponse(_ action: @escaping @Sendable () async -> Void) {
        completion.withLockedValue { $0 = action }
    }

    /// The response has been written, or could not be.
    func endResponse() async {
        let action = completion.withLockedValue { completion in
            defer { completion = nil }
            return completion
        }
        await action?()
    }
}
