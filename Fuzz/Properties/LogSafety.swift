internal import Logging
internal import NIOConcurrencyHelpers

/// Whether text may stand in a line of a log (E-153), judged without the code that makes it so.
package enum LogSafety {
    /// Requires one line of at most `limit` scalars without controls and without characters that reorder a line.
    ///
    /// - Throws: ``Violation`` with `text` escaped and `origin` as its subject.
    package static func require(_ text: String, limit: Int = 1_200, _ origin: String) throws(Violation) {
        try FuzzProperties.require(
            text.unicodeScalars.count <= limit, "\(origin) has at most \(limit) characters: \(text.debugDescription)")
        try FuzzProperties.require(
            !text.unicodeScalars.contains(where: isHarmful), "\(origin) is fit for a log: \(text.debugDescription)")
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0: true  // C0, DEL, C1
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: true  // invisible, line ends, direction
        default: false
        }
    }
}

/// Keeps what is logged while one input is checked.
final class CapturedLog: Sendable {
    private let texts = NIOLockedValueBox<[String]>([])

    /// Messages and metadata values.
    var lines: [String] { texts.withLockedValue { $0 } }

    /// A logger that writes here, down to trace.
    var logger: Logger {
        var logger = Logger(label: "fuzz") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    private func append(_ new: [String]) { texts.withLockedValue { $0 += new } }

    private struct Handler: LogHandler {
        let log: CapturedLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.append(["\(event.message)"] + (event.metadata ?? [:]).values.map { "\($0)" })
        }
    }
}
