package import HTTPTransport

/// Asks a workspace without saying who asks, to see whether one is there: no user and no token is needed.
///
/// The Jobs API answers 401 then, in its own form (D-100). Everything else means that calls of users would fail too.
package struct WorkspaceProbe: Sendable {
    /// What was found.
    package enum Outcome: Sendable, Equatable {
        /// The Jobs API of a workspace.
        case workspace
        /// Something that keeps every call from succeeding; both are one sentence for the operator.
        case problem(String, fix: String)
    }

    private let workspace: Workspace
    private let transport: any HTTPSending
    private let userAgent: UserAgent

    /// - Parameters:
    ///   - workspace: Which one.
    ///   - transport: Follows no redirects.
    ///   - userAgent: How the call introduces itself.
    package init(workspace: Workspace, transport: any HTTPSending, userAgent: UserAgent) {
        self.workspace = workspace
        self.transport = transport
        self.userAgent = userAgent
    }

    /// Asks once, within 10 seconds.
    package func run() async -> Outcome {
        let request = HTTPRequest(
            url: workspace.url(for: .listJobs),
            headers: ["Accept": "application/json", "User-Agent": userAgent.text(clientName: nil)],
            timeout: .seconds(10))
        let attempt: AttemptOutcome
        do throws(TransportError) {
            attempt = .answer(try await transport.send(request))
        } catch {
            return Self.outcome(of: error)
        }
        guard let failure = attempt.failure(now: 0) else {
            return .problem(
                "\(workspace.origin) answers without asking who calls, as no workspace does", fix: Self.hostFix)
        }
        return attempt.status == 401 ? .workspace : outcome(of: failure, status: attempt.status ?? 0)
    }

    private static let hostFix = "Set DATABRICKS_HOST to the workspace's address, as its users see it in the browser."

    private func outcome(of failure: AttemptFailure, status: Int) -> Outcome {
        switch failure.kind {
        case .privateLink, .addressBlocked, .noSuchEndpoint, .unavailable, .throttled, .serverError:
            let words = FailureText(kind: failure.kind, request: DatabricksRequest(endpoint: .listJobs))
            return .problem(words.problem, fix: words.nextStep(retryAfterSeconds: nil))
        default:
            return .problem(
                "\(workspace.origin) answers \(status), which is not a workspace's answer", fix: Self.hostFix)
        }
    }

    private static func outcome(of error: TransportError) -> Outcome {
        let fix =
            switch error.kind {
            case .dns: hostFix
            case .tls: "Set HTTPS_CA_FILE to the certificate authorities of your network, or mend the system's store."
            default: "Look at firewalls, private endpoints and proxies between this machine and the workspace."
            }
        return .problem("no answer: \(error)", fix: fix)
    }
}
