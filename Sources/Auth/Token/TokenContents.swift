internal import HTTPSyntax
internal import JSON
internal import Observability
internal import OpenSSL

/// What stands in a token, for the person who holds it and asks why it is refused.
///
/// Not for logs: those show ``TokenEvidence``. Names, addresses and groups of people are left out all the same, because
/// what a terminal shows ends up in tickets (E-152).
package struct TokenContents: Sendable {
    /// One header member or claim, its value without quotes, cut and cleaned (E-153).
    package struct Member: Sendable, Equatable {
        /// The member's name.
        package let name: String
        /// The member's value.
        package let value: String
        /// The point in time that a NumericDate names, in seconds since 1970.
        package let seconds: Int64?
    }

    /// The members of the JOSE header, or `nil` when it cannot be read.
    package let header: [Member]?
    /// The claims, or `nil` when they cannot be read.
    package let claims: [Member]?
    /// The token's length in bytes.
    package let length: Int
    /// The first 12 hexadecimal digits of the token's SHA-256, which name it in logs (E-152).
    package let digest: String

    /// Takes `token` apart; whatever cannot be read is `nil`.
    package init(_ token: Substring) {
        length = token.utf8.count
        digest = SHA256.digest(token.utf8.span).hexPrefix(12)
        let segments = Array(token.utf8).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isSigned = segments.count == 3
        header = segments.first.flatMap(Self.members)
        claims = isSigned ? Self.members(of: segments[1]) : nil
    }

    private static let hidden: Set<String> = [
        "name", "preferred_username", "upn", "unique_name", "email", "given_name", "family_name", "ipaddr", "groups",
        "login_hint",
    ]
    private static let dates: Set<String> = ["exp", "nbf", "iat", "auth_time"]

    private static func members(of segment: ArraySlice<UInt8>) -> [Member]? {
        guard let bytes = Base64URL.decode(strictly: segment),
            let document = try? JSONDocument(parsing: bytes, limits: .upstream), document.root.isObject
        else { return nil }
        return document.root.members.map { member in
            let name = LogSafeText.clean(member.name, limit: 64)
            guard !hidden.contains(name) else { return Member(name: name, value: "(hidden: personal)", seconds: nil) }
            return Member(
                name: name, value: LogSafeText.clean(text(of: member.value), limit: 256),
                seconds: dates.contains(name) ? member.value.integer : nil)
        }
    }

    /// Lists of texts without brackets and quotes, everything else as it stands there.
    private static func text(of value: JSONElement) -> String {
        let texts = value.elements.compactMap(\.string)
        if value.isArray, texts.count == value.count { return texts.joined(separator: ", ") }
        return value.string ?? String(decoding: value.rawBytes, as: UTF8.self)
    }
}
