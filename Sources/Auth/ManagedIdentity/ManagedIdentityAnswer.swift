internal import HTTPTransport
internal import JSON
internal import Observability

/// A token that the platform handed out.
struct ManagedIdentityAnswer: Sendable {
    let token: Secret
    /// Seconds from now until it expires; not above the life of any token.
    let expiresIn: Int64

    /// Reads a 200 answer: `expires_on`, else `expires_in`, both as number or text (E-116).
    ///
    /// - Returns: `nil` when it holds no token or no end, or names a member twice.
    init?(parsing body: [UInt8], now: Int64) {
        guard let document = try? JSONDocument(parsing: body, limits: .upstream), document.root.isObject,
            document.root.hasUniqueNames, let token = document.root["access_token"]?.string,
            AssertionClaims.isCompactToken(token)
        else { return nil }
        let end = document.root["expires_on"]?.exactInteger.map { $0.subtractingReportingOverflow(now).partialValue }
        guard let expiresIn = end ?? document.root["expires_in"]?.exactInteger else { return nil }
        self.token = Secret(token)
        self.expiresIn = min(max(expiresIn, 0), 7 * 86_400)
    }
}

/// One attempt that brought no token: what it means (E-118) and whether it is worth another one (E-117).
struct ManagedIdentityFailure: Error {
    let error: CredentialError
    let obstacle: ManagedIdentityRetryPlan.Obstacle
    /// Whether the metadata service is being updated, which takes up to 70 seconds.
    var isUpdating = false

    /// An answer without a token.
    init(_ response: HTTPResponse) {
        let detail = "status \(response.status)" + (Self.words(in: response.body).map { ": \($0)" } ?? "")
        func failure(_ problem: CredentialError.Problem, _ obstacle: ManagedIdentityRetryPlan.Obstacle) -> Self {
            Self(error: CredentialError(problem, detail: detail), obstacle: obstacle)
        }
        switch response.status {
        case 400: self = failure(.identityNotAssigned, .final)
        case 401: self = failure(.unauthorized, .final)
        case 403: self = failure(.noEndpoint, .final)
        case 410:
            self = failure(.unavailable, .final)
            isUpdating = true
        case 404, 408, 429, 500...: self = failure(.unavailable, .passing)
        default: self = failure(.unusableAnswer, .final)
        }
    }

    /// No answer; of the metadata service, which answers at once where it exists, that means: not on Azure.
    init(_ transport: TransportError, from endpoint: ManagedIdentityEndpoint) {
        let isIMDS = if case .imds = endpoint { true } else { false }
        let (problem, obstacle): (CredentialError.Problem, ManagedIdentityRetryPlan.Obstacle) =
            switch transport.kind {
            case .connect, .dns: isIMDS ? (.noEndpoint, .final) : (.unavailable, .passing)
            case .timeout, .connectTimeout: (isIMDS ? .noEndpoint : .unavailable, .passing)
            case .cutOff: (.unavailable, .passing)
            case .responseTooLarge, .protocolViolation: (.unusableAnswer, .final)
            case .tls, .invalidRequest, .cancelled, .shuttingDown, .internalFailure: (.unavailable, .final)
            }
        error = CredentialError(problem, detail: LogSafeText.clean("\(transport)", limit: 256))
        self.obstacle = obstacle
    }

    private init(error: CredentialError, obstacle: ManagedIdentityRetryPlan.Obstacle) {
        self.error = error
        self.obstacle = obstacle
    }

    /// What the platform says, in either of its forms, for the log only.
    private static func words(in body: [UInt8]) -> String? {
        guard let root = (try? JSONDocument(parsing: body, limits: .upstream))?.root, root.isObject else { return nil }
        let words = [root["error"]?.string, root["error_description"]?.string, root["message"]?.string]
        let text = words.compactMap { $0 }.joined(separator: ": ")
        return text.isEmpty ? nil : LogSafeText.clean(text, limit: 256)
    }
}
