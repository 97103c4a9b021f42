/// One row of `check`: what was looked at, how it ended, and what to do.
struct CheckResult: Sendable, Equatable {
    /// How a check can end.
    enum Verdict: String, Sendable {
        /// As it should be.
        case passed
        /// It works, but somebody may stumble over it.
        case warning
        /// Calls will fail.
        case failed
        /// Not looked at, because it does not apply.
        case skipped
    }

    /// What was looked at, in a few words.
    let name: String
    let verdict: Verdict
    /// What was seen.
    let detail: String
    /// What to do about it.
    let fix: String?
    /// How long it took; `nil` for what needs no network.
    var elapsed: Duration?

    init(_ name: String, _ verdict: Verdict, _ detail: String, fix: String? = nil) {
        self.name = name
        self.verdict = verdict
        self.detail = detail
        self.fix = fix
    }
}
