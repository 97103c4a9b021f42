internal import HTTPSyntax
internal import HTTPTransport

/// Why a batch was not taken.
struct ExportFailure: Error {
    /// For the log: a status or a kind of transport error, never a body.
    let summary: String
    /// Whether the same batch may be taken later.
    let isTransient: Bool
    /// Whether our own end cut the request off, so that nothing is known about the batch.
    let isInterruption: Bool
    /// What the collector asks for.
    let retryAfter: Duration?

    init(_ error: TransportError) {
        summary = error.description
        retryAfter = nil
        isInterruption = error.kind == .cancelled
        switch error.kind {
        case .dns, .connect, .connectTimeout, .timeout, .cutOff: isTransient = true
        case .tls, .invalidRequest, .responseTooLarge, .protocolViolation, .cancelled, .shuttingDown, .internalFailure:
            isTransient = false
        }
    }

    /// An answer other than a success.
    ///
    /// - Parameters:
    ///   - response: What arrived.
    ///   - now: Seconds since 1970, to which a date in `Retry-After` is compared.
    init(_ response: HTTPResponse, now: Int64) {
        summary = "status \(response.status)"
        isTransient = [429, 502, 503, 504].contains(response.status)
        isInterruption = false
        retryAfter = response.headers["Retry-After"].flatMap { RetryAfter.seconds($0, now: now) }.map { .seconds($0) }
    }
}
