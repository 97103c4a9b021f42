internal import HTTPSyntax

/// Reads how long a service asks us to wait.
package enum RetryDelay {
    /// No service's wish keeps a caller longer than this; a larger value is cut.
    private static let maximum: Int64 = 24 * 3600

    /// `Retry-After`: whole seconds or an HTTP date (``RetryAfter``), no longer than a day.
    ///
    /// - Parameters:
    ///   - text: The header's value.
    ///   - now: Seconds since the epoch, to which a date is compared; a date in the past means "at once".
    /// - Returns: `nil` for anything else.
    package static func retryAfter(_ text: String, now: Int64) -> Duration? {
        RetryAfter.seconds(text, now: now).map { .seconds(min($0, maximum)) }
    }

    /// `google.rpc.RetryInfo.retry_delay`: protobuf-JSON such as `2.5s` (D-94).
    package static func retryInfo(_ text: String) -> Duration? {
        guard text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds.isFinite, seconds >= 0 else {
            return nil
        }
        return .milliseconds(Int64(min(seconds, Double(maximum)) * 1000))
    }
}
