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
}

extension OBOAttemptFailure {
    /// No complete answer.
    init(_ error: TransportError, _ correlationID: CorrelationID) {
        let reference = EntraReference(correlationID: correlationID)
        switch error.kind {
        case .dns, .connect, .connectTimeout, .timeout, .cutOff:
            self.init(.transient, .noAnswer, detail: "\(error)", reference)
        case .responseTooLarge, .protocolViolation:
            self.init(.protocolError, .final, detail: "\(error)", reference)
        case .tls, .cancelled, .shuttingDown, .internalFailure:
            self.init(.transient, .final, detail: "\(error)", reference)
        case .invalidRequest:
            self.init(.configuration, .final, detail: "\(error)", reference)
        }
    }

    private init(
        _ failureClass: EntraFailureClass, _ obstacle: OBORetryPlan.Obstacle, detail: String,
        _ reference: EntraReference
    ) {
        self.init(
            error: OBOError(failureClass, detail: LogSafeText.clean(detail, limit: 256), reference: reference),
            obstacle: obstacle)
    }

    /// An answer other than a token.
    ///
    /// - Parameters:
    ///   - response: What arrived.
    ///   - correlationID: What was sent as `client-request-id`.
    ///   - now: Seconds since 1970, to which a date in `Retry-After` is compared.
    init(_ response: HTTPResponse, _ correlationID: CorrelationID, now: Int64) {
        let body = EntraErrorBody(parsing: response.body) ?? .unreadable
        let reference = EntraReference(
            correlationID: correlationID, body: body, requestID: response.headers["x-ms-request-id"])
        guard !(200..<400).contains(response.status) else {
            // A 200 without a usable token, or a redirect, which is never followed.
            self.init(.protocolError, .final, detail: "status \(response.status) without a usable token", reference)
            return
        }
        let failure = EntraFailure(status: response.status, body: body)
        let retryAfter = response.headers["Retry-After"].flatMap { RetryAfter.seconds($0, now: now) }
        let error = OBOError(
            failure.failureClass, message: failure.message, detail: body.detail, reference: reference,
            code: failure.code, httpStatus: response.status, claims: body.claims, remedy: failure.remedy)
        self.init(
            error: error, obstacle: Self.obstacle(failure, retryAfter: retryAfter), answer: body,
            unknownCode: failure.isKnownCode ? nil : failure.code)
    }

    private static func obstacle(_ failure: EntraFailure, retryAfter: Int?) -> OBORetryPlan.Obstacle {
        if failure.isLoop { return .loop(retryAfter: retryAfter) }
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
            claims: claims, retryAfterSeconds: seconds, remedy: remedy)
    }
}

extension EntraErrorBody {
    /// `error` and `suberror` in one text, for the log.
    var detail: String {
        guard let error else { return "no readable error" }
        return "error=\(error)" + (suberror.map { ", suberror=\($0)" } ?? "")
    }
}
