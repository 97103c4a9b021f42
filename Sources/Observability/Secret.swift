/// Text that must never be printed: a client secret, a token, an assertion (E-155).
///
/// Interpolating, describing or mirroring it shows `<redacted>`; only ``revealed`` gives the text.
package struct Secret: Sendable, Hashable {
    /// The text itself, for the one place that sends it.
    package let revealed: String

    /// Wraps `value`.
    package init(_ value: String) { revealed = value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    package var description: String { "<redacted>" }
    /// Always `<redacted>`.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
