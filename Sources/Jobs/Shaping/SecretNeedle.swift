/// One mark by which a credential is recognised, and how far the credential reaches from there (P-82).
package struct SecretNeedle: Sendable {
    /// Where the credential stands relative to the mark.
    enum Rule: Sendable {
        /// `NAME = value` in any of its forms; shorter values are no secrets.
        case assignment(minimum: Int)
        /// The mark begins a token of at least so many characters.
        case prefix(minimum: Int)
        /// An option of a command line, whose value follows.
        case option
        /// `Bearer …`, `Basic …`.
        case scheme
        /// The signature of a pre-signed link.
        case query
        /// A JSON web token, or another Base64 text that begins like one.
        case jsonWebToken
        /// A private key in PEM form, to its end.
        case privateKey
        /// `scheme://user:password@host`.
        case userInfo
        /// A client secret of Entra ID: three characters, a digit, `Q~`, and the rest.
        case entraSecret
        /// An escape in JSON text, behind which anything can stand.
        case escape
    }

    /// The mark itself, in small letters where case does not matter.
    package let text: [UInt8]
    let rule: Rule
    /// Whether upper and lower case are the same.
    package let ignoresCase: Bool
    /// Where in the mark two neighbouring characters stand that are rare in ordinary text, -1 being the place before it.
    ///
    /// One place is even and one odd, so that a look at every other place of a text meets one of them.
    package let pairs: (Int, Int)

    private init(_ text: String, pairs: (Int, Int), _ rule: Rule, ignoresCase: Bool = true) {
        self.text = Array(text.utf8)
        self.rule = rule
        self.ignoresCase = ignoresCase
        self.pairs = pairs
    }

    /// The pair by which marks are put in order where several are found.
    var pair: Int { pairs.0 }

    /// Every mark there is.
    package static let all: [SecretNeedle] = names + tokens + options + others

    private static let names = [
        SecretNeedle("password", pairs: (3, 4), .assignment(minimum: 3)),
        SecretNeedle("passwd", pairs: (4, 3), .assignment(minimum: 3)),
        SecretNeedle("passphrase", pairs: (5, 4), .assignment(minimum: 3)),
        SecretNeedle("pwd", pairs: (1, 0), .assignment(minimum: 3)),
        SecretNeedle("secret", pairs: (2, 1), .assignment(minimum: 3)),
        SecretNeedle("credential", pairs: (0, 7), .assignment(minimum: 8)),
        SecretNeedle("token", pairs: (1, 2), .assignment(minimum: 8)),
        SecretNeedle("apikey", pairs: (2, 1), .assignment(minimum: 6)),
        SecretNeedle("api_key", pairs: (2, 1), .assignment(minimum: 6)),
        SecretNeedle("api-key", pairs: (2, 3), .assignment(minimum: 6)),
        SecretNeedle("accountkey", pairs: (6, 1), .assignment(minimum: 6)),
        SecretNeedle("account_key", pairs: (6, 7), .assignment(minimum: 6)),
        SecretNeedle("account-key", pairs: (6, 7), .assignment(minimum: 6)),
        SecretNeedle("account.key", pairs: (6, 7), .assignment(minimum: 6)),
        SecretNeedle("accesskey", pairs: (1, 6), .assignment(minimum: 6)),
        SecretNeedle("access_key", pairs: (1, 6), .assignment(minimum: 6)),
        SecretNeedle("access-key", pairs: (1, 6), .assignment(minimum: 6)),
        SecretNeedle("private-key", pairs: (2, 7), .assignment(minimum: 6)),
        SecretNeedle("privatekey", pairs: (2, 3), .assignment(minimum: 6)),
        SecretNeedle("private_key", pairs: (2, 7), .assignment(minimum: 6)),
        SecretNeedle("signature", pairs: (2, 1), .assignment(minimum: 16)),
    ]

    private static let tokens = [
        SecretNeedle("dapi", pairs: (2, 1), .prefix(minimum: 36), ignoresCase: false),
        SecretNeedle("dose", pairs: (0, 1), .prefix(minimum: 36), ignoresCase: false),
        SecretNeedle("AKIA", pairs: (1, 0), .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("ASIA", pairs: (2, 1), .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("ghp_", pairs: (0, 1), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("gho_", pairs: (0, 1), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("ghu_", pairs: (0, 1), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("ghs_", pairs: (0, 1), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("ghr_", pairs: (0, 1), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("github_pat_", pairs: (5, 4), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("glpat-", pairs: (0, 1), .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("xox", pairs: (0, 1), .prefix(minimum: 15), ignoresCase: false),
        SecretNeedle("hooks.slack.com/services/", pairs: (5, 6), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("AIza", pairs: (1, 2), .prefix(minimum: 35), ignoresCase: false),
        SecretNeedle("sk_live_", pairs: (2, 1), .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("rk_live_", pairs: (2, 1), .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("sk-", pairs: (1, 0), .prefix(minimum: 24), ignoresCase: false),
        SecretNeedle("hf_", pairs: (0, 1), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("npm_", pairs: (1, 0), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("pypi-", pairs: (3, 0), .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("SG.", pairs: (1, 0), .prefix(minimum: 40), ignoresCase: false),
    ]

    /// What is no name of a credential elsewhere.
    private static let options = [
        SecretNeedle("--sas", pairs: (1, 0), .option),
        SecretNeedle("--pass", pairs: (1, 0), .option),
        SecretNeedle("--sig", pairs: (1, 0), .option),
        SecretNeedle("--key", pairs: (1, 0), .option),
        SecretNeedle("\"-p\"", pairs: (1, 0), .option),
    ]

    private static let others = [
        SecretNeedle("bearer", pairs: (0, 1), .scheme), SecretNeedle("basic ", pairs: (4, 1), .scheme),
        SecretNeedle("sig=", pairs: (2, 1), .query),
        SecretNeedle("eyJ", pairs: (1, 0), .jsonWebToken, ignoresCase: false),
        SecretNeedle("private key-----", pairs: (2, 7), .privateKey), SecretNeedle("://", pairs: (1, 0), .userInfo),
        SecretNeedle("Q~", pairs: (0, -1), .entraSecret, ignoresCase: false),
        SecretNeedle("\\u", pairs: (0, -1), .escape),
    ]

    /// Whether the mark stands at `start` of `text`.
    func matches(_ text: Span<UInt8>, at start: Int) -> Bool {
        guard start >= 0, start + self.text.count <= text.count else { return false }
        for offset in self.text.indices {
            let byte = text[start + offset]
            guard byte == self.text[offset] || ignoresCase && byte.lowercased == self.text[offset] else { return false }
        }
        return true
    }
}

extension UInt8 {
    /// The byte with an ASCII capital letter made small.
    var lowercased: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }

    /// Whether the byte is an ASCII letter or digit.
    var isAlphanumeric: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
