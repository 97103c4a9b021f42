/// Why a text is not an acceptable JSON document, and where that was noticed.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    /// A closed list: each case is a row in the parser's tests.
    package enum Reason: String, Sendable, CaseIterable {
        /// A byte that the grammar does not allow at this place.
        case unexpectedByte = "unexpected byte"
        /// The text stops inside a value, or holds none.
        case unexpectedEnd = "unexpected end"
        /// Something other than white space after the value.
        case trailingBytes = "trailing bytes"
        /// A number with a leading zero, a bare sign, or no digit after its point or exponent.
        case invalidNumber = "invalid number"
        /// A backslash followed by anything but the eight letters and `u` with four hexadecimal digits.
        case invalidEscape = "invalid escape"
        /// A control character that is not escaped inside a string.
        case bareControlCharacter = "bare control character"
        /// Bytes that are not UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
        case invalidUTF8 = "invalid UTF-8"
        /// An escaped surrogate without a partner, where the limits refuse it.
        case loneSurrogate = "lone surrogate"
        /// A UTF-8 byte-order mark at the start (J-08).
        case byteOrderMark = "byte-order mark"
        /// Nested deeper than the limits allow.
        case tooDeep = "nested too deeply"
        /// More values than the limits allow.
        case tooManyValues = "too many values"
        /// Two members of one object with equal names, where the limits refuse it.
        case duplicateName = "duplicate member name"
        /// Four gibibytes or more.
        case tooLarge = "too large"
    }

    /// What is wrong.
    package let reason: Reason
    /// Bytes before the place where it was noticed.
    package let offset: Int

    /// Creates the error for one place of a text.
    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// Whether the text is JSON and only our limits refuse it.
    package var isLimit: Bool {
        switch reason {
        case .tooDeep, .tooManyValues, .duplicateName, .tooLarge: true
        default: false
        }
    }

    /// The reason and the place; no part of the text.
    package var description: String { "\(reason.rawValue) at byte \(offset)" }
}
