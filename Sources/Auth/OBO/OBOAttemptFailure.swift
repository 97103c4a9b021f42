internal import HTTPSyntax
internal import HTTPTransport
internal import Observability

/// One attempt that brought no token: the error it would be, and what a retry has to consider.
struct OBOAttemptFailure: Error {
    let error: OBOError
    let obstacle: OBORetryPlan.Obstacle
    /// What Entra ID wrote, for the log.
    var answer: EntraErrorBody?
    /// The code of the answer, if the table lacks it (E-74).
    var unknownCode: Int?
    /// `x-ms-request-id` of the answer (E-106).
    var requestID: String?
}

extension OBOAttemptFailure {
    /// No complete answer.
    init(_ error: TransportError, _ grant: TokenGrant.Kind, _ correlationID: CorrelationID) {
        let reference = EntraReference(correlationID: correlationID)
        switch error.kind {
        case .dns, .connect, .connectTimeout, .timeout, .cutOff:
            self.init(.transient, .noAnswer, detail: "\(error)", grant, reference)
        case .responseTooLarge, .protocolViolation:
            self.init(.protocolError, .final, detail: "\(error)", grant, reference)
        case .tls, .cancelled, .shuttingDown, .internalFailure:
            self.init(.transient, .final, detail: "\(error)", grant, reference)
        case .invalidRequest:
            self.init(.configuration, .final, detail: "\(error)", grant, reference)
        }
    }

    private init(
        _ failureClass: EntraFailureClass, _ obstacle: OBORetryPlan.Obstacle, detail: String,
        _ grant: TokenGrant.Kind, _ reference: EntraReference
    ) {
        self.init(
            error: OBOError(
                failureClass, detail: LogSafeText.clean(detail, limit: 256), reference: reference, grant: grant),
            obstacle: obstacle)
    }

    /// An answer other than a token.
    ///
    /// - Parameters:
    ///   - response: What arrived.
    ///   - grant: What was asked for.
    ///   - correlationID: What was sent as `client-request-id`.
    ///   - now: Seconds since 1970, to which a date in `Retry-After` is compared.
    init(_ response: HTTPResponse, _ grant: TokenGrant.Kind, _ correlationID: CorrelationID, now: Int64) {
        let body = EntraErrorBody(parsing: response.body) ?? .unreadable
        let reference = EntraReference(
            correlationID: correlationID, body: body, requestID: response.headers["x-ms-request-id"])
        guard !(200..<400).contains(response.status) else {
            // A 200 without a usable token, or a redirect, which is never followed.
            self.init(
                .protocolError, .final, detail: "status \(response.status) without a usable token", grant, reference)
            return
        }
        let failure = EntraFailure(status: response.status, body: body)
        // A policy that an application's own request meets is the operator's business: no caller can sign in for it.
        let isOurs = grant == .clientCredentials && failure.failureClass.asksForSignIn
        let retryAfter = response.headers["Retry-After"].flatMap { RetryAfter.seconds($0, now: now).map(Int.init) }
        let error = OBOError(
            isOurs ? .configuration : failure.failureClass, message: isOurs ? nil : failure.message,
            detail: body.detail, reference: reference, code: failure.code, httpStatus: response.status,
            claims: isOurs ? nil : body.claims, remedy: failure.remedy, grant: grant)
        self.init(
            error: error, obstacle: Self.obstacle(failure, retryAfter: retryAfter), answer: body,
            unknownCode: failure.isKnownCode ? nil : failure.code,
            requestID: response.headers["x-ms-request-id"].flatMap { GUID($0) }?.description)
    }

    private static func obstacle(_ failure: EntraFailure, retryAfter: Int?) -> OBORetryPlan.Obstacle {
        if failure.isLoop { return .loop(retryAfter: retryAfter) }
        // A fresh assertion, once, is all that helps there (E-71); the same one again would be refused again.
        if failure.cure != nil { return .final }
        return switch failure.failureClass {
        case .throttled: .throttled(retryAfter: retryAfter)
        case .transient: .transient(retryAfter: retryAfter)
        case .reauthenticate, .interact, .consent, .denied, .configuration, .protocolError: .final
        }
    }
}

extension OBOError {
    /// The same failure, to be repeated no sooner than in so many seconds.
    func throttled(seconds: Int) -> OBOError {
        let message = failureClass == .throttled ? callerText : EntraFailureClass.throttled.generalMessage
        return OBOError(
            .throttled, message: message, detail: detail, reference: reference, code: code, httpStatus: httpStatus,
            claims: claims, retryAfterSeconds: seconds, remedy: remedy, grant: grant)
    }
}

extension OBOError {
    /// No attempt was made, because Entra ID throttles more than one user (E-97).
    static func everybodyWaits(seconds: Int, for grant: TokenGrant.Kind) -> OBOError {
        var error = OBOError(
            .throttled, detail: "Entra ID throttles this server", reference: .current, retryAfterSeconds: seconds,
            grant: grant)
        error.isAboutThisRequest = false
        return error
    }

    /// No attempt was made, because the server has no proof of its own identity.
    init(_ error: CredentialError, for grant: TokenGrant.Kind, _ correlationID: CorrelationID) {
        self.init(
            error.failureClass, detail: "\(error.problem.rawValue): \(error.detail)",
            reference: EntraReference(correlationID: correlationID), remedy: "\(error.summary). \(error.remedy)",
            grant: grant)
    }
}

extension EntraErrorBody {
    /// `error` and `suberror` in one text, for the log.
    var detail: String {
        guard let error else { return "no readable error" }
        return "error=\(error)" + (suberror.map { ", suberror=\($0)" } ?? "")
    }
}
