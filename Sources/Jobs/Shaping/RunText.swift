internal import JSON

/// The phrases about runs that several digests share.
extension ByteText {
    /// `failed (RUN_EXECUTION_ERROR, cause: user)`, or `running (PENDING)`.
    mutating func append(state: RunState) {
        append(state.outcome.phrase)
        let word = state.word
        let repeats = word.map { $0.lowercased() == state.outcome.rawValue || $0 == "SUCCESS" } ?? true
        guard !repeats || state.causeKind != nil else { return }
        append(" (")
        if let word, !repeats { append(UntrustedText.line(word, limit: 64)) }
        if let cause = state.causeKind {
            if !repeats { append(", ") }
            append("cause: ")
            append(cause.rawValue)
        }
        append(")")
    }

    /// `, started 2026-02-02T00:15:00Z, took 10m 12s`.
    mutating func append(timesOf run: RunView, now: Int64) {
        append(startOf: run)
        if run.state.finished, let end = run.end {
            append(", ended ")
            append(time: end)
        }
        append(durationOf: run, now: now)
    }

    /// `, started 2026-02-02T00:15:00Z`; what waits has not started (D-62).
    mutating func append(startOf run: RunView) {
        guard let start = run.start else { return }
        append(run.state.outcome == .queued ? ", since " : ", started ")
        append(time: start)
    }

    /// `, took 10m 12s`, or `, for 10m 12s so far`.
    mutating func append(durationOf run: RunView, now: Int64) {
        guard run.state.outcome != .skipped, let duration = run.duration(now: now) else { return }
        append(run.state.finished ? ", took " : ", for ")
        append(duration: duration)
        if !run.state.finished { append(" so far") }
        if !run.state.finished, run.activeTime != nil { append(", without the time between its repairs") }
    }

    /// How many failed, timed out and were cancelled, each apart: `1 failed, 2 cancelled`, or `0 failed`.
    mutating func append(unhappyCountsOf tasks: TaskList) {
        let failed = tasks.failed.count { $0.state.outcome == .failed }
        append(Int64(failed))
        append(" failed")
        let timedOut = tasks.failed.count - failed
        if timedOut > 0 {
            append(", ")
            append(Int64(timedOut))
            append(" timed out")
        }
        guard !tasks.cancelled.isEmpty else { return }
        append(", ")
        append(Int64(tasks.cancelled.count))
        append(" cancelled")
    }

    /// Why the run itself ended, when that was unhappy: the service's message and what its code means.
    mutating func append(reasonOf run: RunView) {
        guard run.state.outcome.isUnhappyEnd else { return }
        if let message = run.message {
            append("Message: ")
            append(quoted: message, limit: 400)
            append("\n")
        }
        append(explanationOf: run.state)
    }

    /// The link to a run's page, when it is on the configured host (D-68).
    mutating func append(linkOf run: RunView, origin: String) -> Bool {
        guard let link = run.element["run_page_url"]?.string,
            let shown = RunLink.shown(Array(link.utf8)[...], origin: origin)
        else { return false }
        append(UntrustedText.line(String(decoding: shown, as: UTF8.self), limit: 300))
        return true
    }

    /// What the documentation says about an unhappy end (D-74).
    mutating func append(explanationOf state: RunState) {
        guard state.outcome.isUnhappyEnd, let (meaning, advice) = TerminationCode.explanation(of: state) else { return }
        append("Meaning: ")
        append(meaning)
        append("; ")
        append(advice.rawValue)
        append(".\n")
    }
}

extension RunOutcome {
    /// The outcome in words; never an end before the end (P-21).
    var phrase: String {
        switch self {
        case .queued: "queued, not finished"
        case .running: "running, not finished"
        case .succeeded: "succeeded"
        case .succeededWithFailures: "succeeded with failures"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .timedOut: "timed out"
        case .skipped: "skipped, never ran"
        case .unknown: "in a state unknown to this server"
        }
    }
}
