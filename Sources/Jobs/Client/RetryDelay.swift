/// Reads how long a service asks us to wait.
package enum RetryDelay {
    /// No service's wish keeps a caller longer than this; a larger value is cut.
    private static let maximum: Int64 = 24 * 3600

    /// `Retry-After`: whole seconds or an HTTP date, RFC 9110 section 10.2.3.
    ///
    /// - Parameters:
    ///   - text: The header's value.
    ///   - now: Seconds since the epoch, to which a date is compared; a date in the past means "at once".
    /// - Returns: `nil` for anything else.
    package static func retryAfter(_ text: String, now: Int64) -> Duration? {
        let digits = text.utf8
        if !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) {
            return .seconds(min(Int64(text) ?? maximum, maximum))
        }
        guard let date = HTTPDate.seconds(text) else { return nil }
        return .seconds(min(max(0, date - now), maximum))
    }

    /// `google.rpc.RetryInfo.retry_delay`: protobuf-JSON such as `2.5s` (D-94).
    package static func retryInfo(_ text: String) -> Duration? {
        guard text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds.isFinite, seconds >= 0 else {
            return nil
        }
        return .milliseconds(Int64(min(seconds, Double(maximum)) * 1000))
    }
}

/// The date format of HTTP, RFC 9110 section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
///
/// The two obsolete forms are not read: no service in use sends them, and a delay of our own is a fine answer.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since the epoch, or `nil` when `text` is not such a date.
    static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
            let day = Int64(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(where: { $0 == parts[2] }),
            let year = Int64(parts[3]), (1970...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").map { Int64($0) ?? -1 }
        guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
        else { return nil }
        let days = CivilDate(year: year, month: Int64(month) + 1, day: day).daysSinceEpoch
        return ((days * 24 + clock[0]) * 60 + clock[1]) * 60 + clock[2]
    }
}
