internal import HTTPSyntax

/// A moment as the services that are stood in for write it, UTC.
struct UTCTime {
    static let millisecondsPerDay: Int64 = 86_400_000

    private let seconds: Int64

    /// Seconds since 1970.
    init(seconds: Int64) { self.seconds = seconds }

    private var text: String { RFC3339.text(milliseconds: seconds * 1_000, fraction: false) }

    /// `2026-02-02`, as `{{job.start_time.iso_date}}` becomes.
    var isoDate: String { String(text.prefix(10)) }

    /// `2026-09-20 10:11:12Z`, as in Entra's error bodies.
    var entraTimestamp: String { "\(isoDate) \(text.dropFirst(11))" }
}
