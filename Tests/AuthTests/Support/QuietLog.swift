internal import Logging
internal import Testing

/// Keeps what a suite's code logs out of the test run's output.
struct QuietLog: SuiteTrait, TestTrait, TestScoping {
    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await withLogger(silent) { _ in try await function() }
    }
}

extension Trait where Self == QuietLog {
    /// Nothing is printed; a test that looks at the log binds its own.
    static var quietLog: QuietLog { QuietLog() }
}
