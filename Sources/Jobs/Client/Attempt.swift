internal import HTTPTransport
internal import JSON
internal import Observability

/// What came of one try.
enum AttemptOutcome {
    case answer(HTTPResponse)
    case noAnswer(TransportError)

    var status: Int? {
        guard case .answer(let response) = self else { return nil }
        return response.status
    }

    var bodyLength: Int {
        guard case .answer(let response) = self else { return 0 }
        return response.body.count
    }

    /// The failure that this is already before its body is parsed as a success.
    ///
    /// - Parameter now: Seconds since the epoch, for `Retry-After` dates.
    /// - Returns: `nil` for a success.
    func failure(now: Int64) -> AttemptFailure? {
        switch self {
        case .noAnswer(let error): AttemptFailure(error)
        case .answer(let response):
            (200..<300).contains(response.status) ? nil : AttemptFailure(response, now: now)
        }
    }

    /// The success that this is, if its body keeps the promise (D-109); a refusal may hide behind any status.
    func parsed(for endpoint: Endpoint) -> Result<DatabricksAnswer, AttemptFailure> {
        guard case .answer(let response) = self,
            let document = try? JSONDocument(parsing: response.body, limits: .upstream),
            document.root.kind == .object
        else { return .failure(AttemptFailure(notAnAnswer: status ?? 0)) }
        if let code = document.root["error_code"], !code.isNull { return .failure(AttemptFailure(response, now: 0)) }
        guard endpoint.keepsPromise(document.root) else { return .failure(AttemptFailure(notAnAnswer: status ?? 0)) }
        return .success(DatabricksAnswer(document: document, workspaceID: Self.workspaceID(response.headers)))
    }

    private static func workspaceID(_ headers: HeaderList) -> String? {
        guard let text = headers["X-Databricks-Org-Id"], (1...20).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return text
    }
}

/// Why one try failed; becomes an error only when it is the last.
struct AttemptFailure: Error {
    private enum Cause {
        case answer(FailedAnswer)
        case transport(TransportError)
    }

    let kind: FailureKind
    /// How long the service wants us to wait.
    let requestedDelay: Duration?
    /// What the service demands of the next token, if it said so (E-66).
    private(set) var challenge: ClaimsChallenge?
    private let cause: Cause

    init(_ response: HTTPResponse, now: Int64) {
        let body = ErrorBody(
            decoding: response.body, status: response.status,
            reasonHeader: response.headers["X-Databricks-Reason-Phrase"]
                ?? response.headers["x-databricks-error-or-redirect-message"])
        let answer = FailedAnswer(status: response.status, body: body, location: response.headers["Location"])
        kind = FailureKind(answer)
        requestedDelay =
            response.headers["Retry-After"].flatMap { RetryDelay.retryAfter($0, now: now) } ?? body.retryDelay
        challenge = response.status == 401 ? ClaimsChallenge(response.headers["WWW-Authenticate"]) : nil
        cause = .answer(answer)
    }

    /// A success status without a JSON object behind it; the body is not read further (D-109).
    init(notAnAnswer status: Int) {
        kind = .notAnAnswer
        requestedDelay = nil
        cause = .answer(FailedAnswer(status: status, body: ErrorBody(decoding: [], status: status, reasonHeader: nil)))
    }

    init(_ error: TransportError) {
        kind =
            switch error.kind {
            case .dns, .connect, .connectTimeout, .cutOff, .protocolViolation, .shuttingDown: .unreachable
            case .timeout: .timedOut
            case .tls: .tls
            case .responseTooLarge: .tooLarge
            case .invalidRequest, .internalFailure: .notSent
            case .cancelled: .cancelled
            }
        requestedDelay = nil
        cause = .transport(error)
    }

    /// Whether the service may have acted (D-117, D-118): everything that was sent, but for a refusal of the API itself.
    ///
    /// A status from 500 is none, whatever stands in its body: 503 as well is what a gateway says when the service behind
    /// it did not answer in time.
    var mayHaveActed: Bool {
        switch cause {
        case .transport(let error): error.requestWasSent
        case .answer(let answer): answer.status >= 500 || !kind.isRefusal
        }
    }

    func error(for request: DatabricksRequest, retryAfter: Duration?) -> DatabricksError {
        switch cause {
        case .answer(let answer): DatabricksError(answer, to: request, retryAfter: retryAfter)
        case .transport(let error):
            DatabricksError(
                kind, to: request, wasSent: error.requestWasSent, retryAfter: retryAfter,
                operatorMessage: "\(request.endpoint.rawValue) got no answer: \(error)")
        }
    }
}

extension HTTPRequest {
    /// What an answer may weigh: 5 MB of result and 5 MB of logs, escaped, and the metadata (D-83).
    private static let maximumAnswer = 16 << 20

    /// The message of one Jobs API call (D-02, D-03, K-20); the transport adds its place in the trace (D-17).
    init(
        _ request: DatabricksRequest, to workspace: Workspace, token: WorkspaceToken, userAgent: String,
        timeout: Duration, resendCount: Int
    ) {
        var headers = HeaderList()
        headers.append("Authorization", "Bearer \(token.secret.revealed)")
        headers.append("Accept", "application/json")
        // Answers are read as they are: nothing here could unpack them.
        headers.append("Accept-Encoding", "identity")
        headers.append("User-Agent", userAgent)
        if request.endpoint.isPost { headers.append("Content-Type", "application/json") }
        if let context = RequestContext.current {
            headers.append("X-Request-ID", context.correlationID.description)
        }
        self.init(
            method: request.endpoint.isPost ? .post : .get,
            url: workspace.url(for: request.endpoint, query: request.query), headers: headers, body: request.body,
            timeout: timeout, maximumResponseBytes: Self.maximumAnswer)
        self.resendCount = resendCount
    }
}
