/// One mark by which a credential is recognised, and how far the credential reaches from there (P-82).
struct SecretNeedle: Sendable {
    /// Where the credential stands relative to the mark.
    enum Rule: Sendable {
        /// `NAME = value` in any of its forms; shorter values are no secrets.
        case assignment(minimum: Int)
        /// The mark begins a token of at least so many characters.
        case prefix(minimum: Int)
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

    let text: [UInt8]
    let rule: Rule
    /// Whether upper and lower case are the same.
    let ignoresCase: Bool
    /// The two neighbouring characters, rare in ordinary text, by which the mark is looked for.
    let pair: Int

    private init(_ text: String, pair: Int, _ rule: Rule, ignoresCase: Bool = true) {
        self.text = Array(text.utf8)
        self.rule = rule
        self.ignoresCase = ignoresCase
        self.pair = pair
    }

    static let all: [SecretNeedle] = names + tokens + others

    private static let names = [
        SecretNeedle("password", pair: 3, .assignment(minimum: 3)),
        SecretNeedle("passwd", pair: 4, .assignment(minimum: 3)),
        SecretNeedle("passphrase", pair: 5, .assignment(minimum: 3)),
        SecretNeedle("pwd", pair: 1, .assignment(minimum: 3)),
        SecretNeedle("secret", pair: 2, .assignment(minimum: 3)),
        SecretNeedle("credential", pair: 0, .assignment(minimum: 8)),
        SecretNeedle("token", pair: 1, .assignment(minimum: 8)),
        SecretNeedle("apikey", pair: 2, .assignment(minimum: 6)),
        SecretNeedle("api_key", pair: 2, .assignment(minimum: 6)),
        SecretNeedle("api-key", pair: 2, .assignment(minimum: 6)),
        SecretNeedle("accountkey", pair: 6, .assignment(minimum: 6)),
        SecretNeedle("account_key", pair: 6, .assignment(minimum: 6)),
        SecretNeedle("account.key", pair: 6, .assignment(minimum: 6)),
        SecretNeedle("accesskey", pair: 1, .assignment(minimum: 6)),
        SecretNeedle("access_key", pair: 1, .assignment(minimum: 6)),
        SecretNeedle("privatekey", pair: 2, .assignment(minimum: 6)),
        SecretNeedle("private_key", pair: 2, .assignment(minimum: 6)),
        SecretNeedle("signature", pair: 2, .assignment(minimum: 16)),
    ]

    private static let tokens = [
        SecretNeedle("dapi", pair: 2, .prefix(minimum: 36), ignoresCase: false),
        SecretNeedle("dose", pair: 0, .prefix(minimum: 36), ignoresCase: false),
        SecretNeedle("AKIA", pair: 1, .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("ASIA", pair: 2, .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("ghp_", pair: 0, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("gho_", pair: 0, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("ghu_", pair: 0, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("ghs_", pair: 0, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("ghr_", pair: 0, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("github_pat_", pair: 5, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("glpat-", pair: 0, .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("xox", pair: 0, .prefix(minimum: 15), ignoresCase: false),
        SecretNeedle("hooks.slack.com/services/", pair: 5, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("AIza", pair: 1, .prefix(minimum: 35), ignoresCase: false),
        SecretNeedle("sk_live_", pair: 2, .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("rk_live_", pair: 2, .prefix(minimum: 20), ignoresCase: false),
        SecretNeedle("sk-", pair: 1, .prefix(minimum: 24), ignoresCase: false),
        SecretNeedle("hf_", pair: 0, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("npm_", pair: 1, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("pypi-", pair: 3, .prefix(minimum: 30), ignoresCase: false),
        SecretNeedle("SG.", pair: 1, .prefix(minimum: 40), ignoresCase: false),
    ]

    private static let others = [
        SecretNeedle("bearer", pair: 0, .scheme), SecretNeedle("basic ", pair: 4, .scheme),
        SecretNeedle("sig=", pair: 2, .query), SecretNeedle("eyJ", pair: 1, .jsonWebToken, ignoresCase: false),
        SecretNeedle("private key-----", pair: 2, .privateKey), SecretNeedle("://", pair: 1, .userInfo),
        SecretNeedle("Q~", pair: 0, .entraSecret, ignoresCase: false), SecretNeedle("\\u", pair: 0, .escape),
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

/// Finds the places where a needle may stand, at a few instructions per byte.
struct SecretNeedleIndex: Sendable {
    /// Characters folded to 6 bits: case does not matter, and all that stands in no pair is 0.
    private let codes: [UInt8]
    /// One bit per pair of codes.
    private let pairs: [UInt64]
    private let needles: [Int: [SecretNeedle]]

    static let shared = SecretNeedleIndex(SecretNeedle.all)

    private init(_ all: [SecretNeedle]) {
        var codes = [UInt8](repeating: 0, count: 256)
        for (index, letter) in (UInt8(ascii: "a")...UInt8(ascii: "z")).enumerated() {
            codes[Int(letter)] = UInt8(index + 1)
            codes[Int(letter & 0xDF)] = UInt8(index + 1)
        }
        for (index, character) in "_-.=/~\\ ".utf8.enumerated() { codes[Int(character)] = UInt8(27 + index) }
        var pairs = [UInt64](repeating: 0, count: 64)
        var needles: [Int: [SecretNeedle]] = [:]
        for needle in all {
            let pair = Int(codes[Int(needle.text[needle.pair])]) << 6 | Int(codes[Int(needle.text[needle.pair + 1])])
            pairs[pair >> 6] |= 1 << UInt64(pair & 63)
            needles[pair, default: []].append(needle)
        }
        (self.codes, self.pairs, self.needles) = (codes, pairs, needles)
    }

    /// The first needle at or after `start`, by the place of its pair, and where the search goes on.
    func next(in text: Span<UInt8>, from start: Int) -> (needle: SecretNeedle, at: Int, resume: Int)? {
        guard start + 1 < text.count else { return nil }
        let (codes, pairs) = (codes.span, pairs.span)
        var previous = Int(codes[Int(text[start])])
        for index in start + 1..<text.count {
            // In bounds: there are 256 codes for a byte, each is one of 64, and `index` is below the count. Checked
            // access takes half as long again, and every name and text of every result comes through here.
            let code = unsafe Int(codes[unchecked: Int(text[unchecked: index])])
            let isPair = unsafe pairs[unchecked: previous] &>> UInt64(truncatingIfNeeded: code) & 1 != 0
            if isPair, let candidates = needles[previous << 6 | code] {
                for needle in candidates where needle.matches(text, at: index - 1 - needle.pair) {
                    return (needle, index - 1 - needle.pair, index)
                }
            }
            previous = code
        }
        return nil
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
