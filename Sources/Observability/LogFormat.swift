internal import Glibc
internal import Systemd

/// Where log records go (K-21).
package enum LogFormat: String, Sendable, CaseIterable {
    /// The journal when systemd connected our standard error to it, text on a terminal, JSON lines otherwise.
    case auto
    /// The journal's native protocol, with a field for every fact.
    case journald
    /// One JSON object a line on standard error.
    case json
    /// Lines for people on standard error.
    case text

    /// The sink for this format.
    ///
    /// - Returns: A sink that writes to standard error or the journal.
    package func makeSink() -> any LogSink {
        switch self {
        case .auto: Self.detected.makeSink()
        case .journald: JournalLogSink(identifier: "databricks-jobs-mcp")
        case .json: JSONLogSink(descriptor: STDERR_FILENO)
        case .text: TextLogSink(descriptor: STDERR_FILENO, isColoured: isatty(STDERR_FILENO) == 1)
        }
    }

    /// Whether a journal takes records here; without one they would disappear without a word.
    package static var journalListens: Bool { Journal.listens }

    private static var detected: LogFormat {
        if Journal.isStandardError { return .journald }
        return isatty(STDERR_FILENO) == 1 ? .text : .json
    }
}
