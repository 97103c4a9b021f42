internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability

/// Finds out at the start whether this server can prove its identity, and keeps the proof fresh from then on (E-73).
///
/// Part of the server's readiness until it succeeded once: a platform fault later on takes no server out of service,
/// because users whose tokens are cached can still be served.
package final class CredentialCheck: Sendable {
    /// The pauses between attempts; the last one stays.
    package static let pauses: [Duration] = [.seconds(5), .seconds(10), .seconds(20), .seconds(40), .seconds(60)]

    private let credential: any ClientCredential
    private let probe: CredentialProbe
    private let time: TimeSource
    private let state: NIOLockedValueBox<String?>

    /// - Parameters:
    ///   - credential: What is checked.
    ///   - clientID: The app registration that it must prove.
    ///   - applicationTokens: Also asked for a token, if machine callers are served: only then is one requested.
    ///   - isEnabled: `ENTRA_SELF_CHECK`; without it the proof is made when the first user needs it.
    ///   - time: The clocks.
    package init(
        credential: some ClientCredential, clientID: GUID, applicationTokens: ApplicationTokenCache? = nil,
        isEnabled: Bool = true, time: TimeSource = .system
    ) {
        self.credential = credential
        probe = CredentialProbe(
            credential: credential, clientID: clientID, applicationTokens: applicationTokens, time: time)
        self.time = time
        state = NIOLockedValueBox(isEnabled ? "the server's own credential was not checked yet" : nil)
    }

    /// Why the server is not ready as far as its credential goes, without quotes, or `nil` when it is.
    package var obstacle: String? { state.withLockedValue { $0 } }

    /// Whether the credential was found good, or is not checked.
    package var isReady: Bool { obstacle == nil }

    /// When the credential expires, in seconds since 1970; `nil` where that is not known.
    package var expiry: Int64? { credential.expiry }

    /// Checks until it succeeds, then renews the proof ahead of need until the task is cancelled.
    package func run() async {
        if !isReady { await check() }
        // Returning would mean that something went wrong: the server would stop.
        while !Task.isCancelled { try? await time.sleep(.seconds(3_600)) }
    }

    private func check() async {
        var failures = 0
        while !Task.isCancelled {
            let pause = await withBackgroundActivity("credential.check") { _ in await failedCheck(failures) }
            guard let pause else { break }
            failures += 1
            // Throws when cancelled, which ends the loop.
            try? await time.sleep(pause)
        }
        await credential.maintain()
    }

    /// Checks once.
    ///
    /// - Returns: How long to wait before the next attempt, or `nil` when there need be none.
    private func failedCheck(_ failures: Int) async -> Duration? {
        let judgement = await probe.judge()
        note(judgement)
        guard judgement.isWorthRepeating else { return nil }
        return max(judgement.retryAfter ?? Self.pauses[min(failures, Self.pauses.count - 1)], .seconds(1))
    }

    private func note(_ judgement: CredentialJudgement) {
        let problem = judgement.problem.map { "the server's own credential: \($0)" }
        let obstacle = [problem, judgement.remedy].compactMap { $0 }.joined(separator: ". ")
        // Whoever sees the new state finds its reason in the log.
        defer { state.withLockedValue { $0 = judgement.isObstacle ? LogSafeText.clean(obstacle, limit: 400) : nil } }
        guard let problem else {
            Logger.current.info(
                "server credential is ready", metadata: ["credential.mode": "\(credential.mode.rawValue)"])
            return
        }
        var metadata: Logger.Metadata = ["problem": "\(problem)"]
        if let remedy = judgement.remedy { metadata["remedy"] = "\(remedy)" }
        Logger.current.warning(
            judgement.isObstacle ? "server credential is not ready" : "server credential is not confirmed",
            metadata: metadata)
    }
}
