internal import HTTPSyntax
internal import JSON
internal import Observability

/// What our own assertion says about us, as the portal shows it for a federated credential (E-121).
///
/// Decoded and not verified: for the log, where none of it is secret.
struct AssertionClaims: Sendable, Equatable {
    let issuer: String?
    let subject: String?
    let audience: String?
    let tenant: String?
    /// `azp` or `appid`: the managed identity's own client id.
    let client: GUID?

    /// - Returns: `nil` when `token` is not a token in compact form.
    init?(_ token: String) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard Self.isCompactToken(token), let payload = Base64URL.decode(strictly: parts[1]),
            let document = try? JSONDocument(parsing: payload, limits: .upstream), document.root.isObject
        else { return nil }
        func text(_ name: String) -> String? { document.root[name]?.string.map { LogSafeText.clean($0, limit: 256) } }
        issuer = text("iss")
        subject = text("sub")
        audience = text("aud")
        tenant = text("tid")
        client = (text("azp") ?? text("appid")).flatMap { GUID($0) }
    }

    /// Whether `text` has the form of a signed token: three non-empty parts of base64url.
    static func isCompactToken(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(isBase64URL) }
    }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
