/// Something that happens once, and that one task waits for: what a test uses instead of sleeping.
package struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// Has not happened yet.
    package init() { (stream, continuation) = AsyncStream.makeStream() }

    /// Lets it happen; again has no effect.
    package func fire() { continuation.finish() }

    /// Returns when it has happened, or when the calling task is cancelled.
    package func wait() async { for await _ in stream {} }
}
