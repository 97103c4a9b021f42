internal import Foundation
package import JSON
internal import NIOConcurrencyHelpers

/// The lines a process writes, as they come; JSON lines can be asked for by their content.
package final class LogCapture: Sendable {
    /// A record never came.
    package struct Missing: Error, CustomStringConvertible {
        /// What was waited for.
        package let description: String
    }

    private struct State {
        var partial = Data()
        var lines: [String] = []
        var hasEnded = false
        var observers: [AsyncStream<Void>.Continuation] = []
    }

    private let state = NIOLockedValueBox(State())

    /// An empty capture.
    package init() {}

    /// Everything so far.
    package var lines: [String] { state.withLockedValue { $0.lines } }

    /// Every line so far that is a JSON object.
    package var records: [JSONValue] { lines.compactMap(Self.record) }

    /// Adds bytes.
    func append(_ data: Data) {
        let observers = state.withLockedValue { state in
            state.partial.append(data)
            while let end = state.partial.firstIndex(of: UInt8(ascii: "\n")) {
                state.lines.append(String(decoding: state.partial[..<end], as: UTF8.self))
                state.partial = Data(state.partial[(end + 1)...])
            }
            return state.observers
        }
        for observer in observers { observer.yield() }
    }

    /// Nothing more will come.
    func end() {
        let observers = state.withLockedValue { state in
            state.hasEnded = true
            return state.observers
        }
        for observer in observers { observer.finish() }
    }

    /// The first record that satisfies `predicate`, waiting for it while the process runs.
    ///
    /// - Throws: ``Missing`` when the process ended without one.
    package func record(
        _ what: String = "a record", where predicate: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        for await _ in changes() {
            if let found = records.first(where: predicate) { return found }
        }
        guard let found = records.first(where: predicate) else {
            throw Missing(description: "\(what) never came; the log:\n\(lines.joined(separator: "\n"))")
        }
        return found
    }

    /// The first line that satisfies `predicate`, waiting for it while the process runs.
    ///
    /// - Throws: ``Missing`` when the process ended without one.
    package func line(_ what: String, where predicate: (String) -> Bool) async throws -> String {
        for await _ in changes() {
            if let found = lines.first(where: predicate) { return found }
        }
        guard let found = lines.first(where: predicate) else {
            throw Missing(description: "\(what) never came; the output:\n\(lines.joined(separator: "\n"))")
        }
        return found
    }

    /// The first record with this message.
    package func record(message: String) async throws -> JSONValue {
        try await record("the record '\(message)'") { $0["message"] == .string(message) }
    }

    /// Waits for the end of the process's output.
    package func untilEnd() async -> [String] {
        for await _ in changes() {}
        return lines
    }

    private func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLockedValue { state in
            continuation.yield()
            if state.hasEnded { continuation.finish() } else { state.observers.append(continuation) }
        }
        return stream
    }

    private static func record(_ line: String) -> JSONValue? {
        guard line.hasPrefix("{"), let document = try? JSONDocument(parsing: Array(line.utf8), limits: .request) else {
            return nil
        }
        return JSONValue(document.root)
    }
}
