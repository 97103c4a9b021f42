/// Takes credentials out of text that job authors or programs wrote (P-82).
///
/// Recognised are tokens by their form, values by the name before them, private keys, and signatures of pre-signed links.
/// What is masked wrongly costs a word; what is missed stays a secret of somebody who printed it.
package enum SecretMask {
    /// What stands in the place of a credential.
    package static let replacement = "[masked]"

    /// Whether there may be a credential in `text`: cheap, and wrong on the safe side only.
    ///
    /// - Parameter text: Plain text, or JSON as it was received.
    /// - Returns: `false` only when there is none of a known form.
    package static func isSuspicious(_ text: Span<UInt8>) -> Bool {
        SecretFilter.shared.finds(in: text) { needle, start in
            switch needle.rule {
            case .userInfo: SecretScanner.userInfo(in: text, after: start + 3) != nil
            case .option: SecretOption.mayEnd(text, at: start + needle.text.count)
            default: true
            }
        }
    }

    /// `text` with every credential replaced.
    package static func masked(_ text: String) -> String {
        guard isSuspicious(text.utf8.span) else { return text }
        let bytes = Array(text.utf8)
        var start = 0
        var copied = 0
        var masked: [UInt8] = []
        while let found = SecretNeedleIndex.shared.next(in: bytes.span, from: start) {
            start = found.resume
            guard let secret = SecretScanner.secret(of: found.needle, at: found.at, in: bytes.span),
                secret.lowerBound >= copied
            else { continue }
            masked.append(contentsOf: bytes[copied..<secret.lowerBound])
            masked.append(contentsOf: replacement.utf8)
            copied = secret.upperBound
            start = max(start, copied)
        }
        guard copied > 0 else { return text }
        masked.append(contentsOf: bytes[copied...])
        return String(decoding: masked, as: UTF8.self)
    }

    /// Whether a value with this name is a credential, as `password` or `fs.azure.account.key.…` say.
    package static func isSecretName(_ name: String) -> Bool {
        // The marks of text are in every such name, but for one ending.
        guard isSuspicious(name.utf8.span) || name.utf8.last.map(\.lowercased) == UInt8(ascii: "s") else {
            return false
        }
        let name = name.lowercased().replacing("-", with: "_")
        guard !harmlessNames.contains(name) else { return false }
        return secretEndings.contains(where: name.hasSuffix) || name.contains("account.key")
    }

    /// Whether `value` is a credential because it stands behind `option` in a command line: `--password VALUE`.
    ///
    /// `--key`, `--sig` and `-p` have many meanings, so behind them only what looks random is one.
    package static func isSecret(_ value: String, of option: String) -> Bool {
        guard option.utf8.first == UInt8(ascii: "-"), option.utf8.count < 80, !value.isEmpty,
            !value.hasPrefix("--"), !isHarmlessWord(value)
        else { return false }
        let name = option.drop { $0 == "-" }.lowercased()
        if name == "pass" || isSecretName(name) { return true }
        return ambiguousOptions.contains(name) && SecretOption.isRandom(value.utf8)
    }

    /// `--token=…` with its value replaced, however short it is; any other text as it is.
    package static func maskedOption(_ text: String) -> String {
        guard text.utf8.first == UInt8(ascii: "-"), let equals = text.firstIndex(of: "="),
            isSecret(String(text[text.index(after: equals)...]), of: String(text[..<equals]))
        else { return text }
        return "\(text[...equals])\(replacement)"
    }

    /// Whether a value that has a credential's name is none: empty, a switch, a number, or a reference to a secret.
    package static func isHarmlessValue(_ value: String) -> Bool { value.utf8.count < 3 || isHarmlessWord(value) }

    /// Long numbers are no counts.
    private static func isHarmlessWord(_ value: String) -> Bool {
        ["{{", "${", "[masked", "<redacted"].contains(where: value.hasPrefix)
            || ["true", "false", "none", "null"].contains(value.lowercased())
            || value.utf8.count < 6 && Double(value) != nil
    }

    private static let ambiguousOptions: Set<String> = ["key", "sig", "p"]
    private static let harmlessNames: Set<String> = [
        "page_token", "next_page_token", "prev_page_token", "idempotency_token",
    ]
    private static let secretEndings = [
        "password", "passwd", "pwd", "passphrase", "secret", "token", "apikey", "api_key", "access_key",
        "accesskey", "account_key", "accountkey", "private_key", "secret_key", "sas", "credential", "credentials",
    ]
}
