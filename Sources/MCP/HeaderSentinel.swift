internal import HTTPSyntax

/// The Base64 form of header values that cannot be sent as they are (ERA-17).
enum HeaderSentinel {
    private static let prefix = "=?base64?"
    private static let suffix = "?="

    /// What `value` stands for: itself, unless it has both markers.
    ///
    /// - Returns: `nil` when it has the markers and what is between them is not strict Base64 of UTF-8 (ERA-18).
    static func decode(_ value: String) -> String? {
        guard value.utf8.count >= prefix.utf8.count + suffix.utf8.count, value.hasPrefix(prefix),
            value.hasSuffix(suffix)
        else { return value }
        let payload = value.dropFirst(prefix.count).dropLast(suffix.count)
        guard let bytes = Base64.decode(strictly: payload) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
