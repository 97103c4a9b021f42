internal import HTTPSyntax
internal import NIOConcurrencyHelpers

/// The `Date` of a response, RFC 9110 section 6.6.1: written once per second.
enum DateHeader {
    private static let latest = NIOLockedValueBox<(second: Int64, text: String)>((-1, ""))

    /// The present date.
    static func now() -> String {
        let second = WallClock.seconds()
        return latest.withLockedValue { latest in
            if latest.second != second { latest = (second, HTTPDate.text(second)) }
            return latest.text
        }
    }
}
