/// What of a request's head it was turned away for: what came, and what would admit it.
package struct RefusedField: Sendable, Equatable {
    /// The header's name, or `path`.
    package let name: String
    /// What it said: cleaned, at most 128 characters; `nil` when it was missing.
    package let value: String?
    /// The setting that could admit it, if there is one.
    package let setting: String?

    /// Names a part of the head; `value` is as it came.
    package init(_ name: String, _ value: String?, setting: String? = nil) {
        self.name = name
        self.value = value.map { LogSafeText.clean($0) }
        self.setting = setting
    }
}
