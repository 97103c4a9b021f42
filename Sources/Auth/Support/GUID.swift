/// A directory identifier of Entra ID: a tenant, an application or an object.
///
/// Entra ID writes GUIDs in lower case, people and portals also in upper case; both name the same thing (E-09, E-11).
package struct GUID: Sendable, Hashable, LosslessStringConvertible {
    /// The 36 characters in lower case.
    package let description: String

    /// Reads the form `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in either case.
    ///
    /// - Returns: `nil` for any other text, braces and missing dashes included.
    package init?(_ text: String) {
        guard text.utf8.count == 36 else { return nil }
        for (index, byte) in text.utf8.enumerated() {
            switch index {
            case 8, 13, 18, 23: guard byte == UInt8(ascii: "-") else { return nil }
            default: guard Self.isHexDigit(byte) else { return nil }
            }
        }
        description = text.lowercased()
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
