/// Finds out how far a credential reaches from the mark that gave it away.
enum SecretScanner {
    /// The bytes of the credential, or `nil` when the mark was none.
    static func secret(of needle: SecretNeedle, at start: Int, in text: Span<UInt8>) -> Range<Int>? {
        let end = start + needle.text.count
        switch needle.rule {
        case .assignment(let minimum):
            return value(in: text, afterName: end, minimum: minimum)
                ?? SecretOption(around: start, in: text)?.value(in: text)
        case .option: return SecretOption(around: start + 1, in: text)?.value(in: text)
        case .prefix(let minimum):
            let reach = run(in: text, from: start) { isTokenByte($0) || $0 == slash }
            return isBorder(text, before: start) && reach - start >= minimum ? start..<reach : nil
        case .scheme: return scheme(in: text, after: end)
        case .query:
            let reach = run(in: text, from: end) { !isEndOfValue($0) }
            return isBorder(text, before: start) && reach - end >= 6 ? end..<reach : nil
        case .jsonWebToken:
            let reach = run(in: text, from: start, isTokenByte)
            let hasDot = (start..<reach).contains { text[$0] == UInt8(ascii: ".") }
            return isBorder(text, before: start) && reach - start >= (hasDot ? 30 : 60) ? start..<reach : nil
        case .privateKey: return end..<endOfKey(in: text, from: end)
        case .userInfo: return userInfo(in: text, after: end)
        case .entraSecret:
            let reach = run(in: text, from: end) { isTokenByte($0) || $0 == UInt8(ascii: "~") }
            guard start >= 4, reach - end >= 31, (0x30...0x39).contains(text[start - 1]) else { return nil }
            return start - 4..<reach
        case .escape: return nil
        }
    }

    private static let slash = UInt8(ascii: "/")

    // MARK: Name and value

    /// The value behind a name: `name=value`, `name: "value"`, `"name": "value"`, `name => value`.
    private static func value(in text: Span<UInt8>, afterName start: Int, minimum: Int) -> Range<Int>? {
        var at = start
        // `tokenizer` and `secretary` are no names of credentials; `secretKey`, `secrets` and `token_2` are.
        if at < text.count, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(text[at]) {
            if text[at] == UInt8(ascii: "s") {
                at += 1
            } else {
                guard starts(text, at: at, with: "key") else { return nil }
            }
        }
        at = min(run(in: text, from: at) { isTokenByte($0) }, start + 80)
        at = run(in: text, from: at, limit: 2) { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") || $0 == 0x5C }
        at = run(in: text, from: at, limit: 4) { $0 == 0x20 || $0 == 0x09 }
        guard let afterSeparator = separator(in: text, at: at) else { return nil }
        at = run(in: text, from: afterSeparator, limit: 4) { $0 == 0x20 || $0 == 0x09 }
        for scheme in ["bearer ", "basic "] where starts(text, at: at, with: scheme) { at += scheme.utf8.count }
        let isEscaped = at + 1 < text.count && text[at] == 0x5C && isQuote(text[at + 1])
        if isEscaped { at += 1 }
        guard at < text.count else { return nil }
        let range = isQuote(text[at]) ? quoted(in: text, from: at, isEscaped: isEscaped) : bare(in: text, from: at)
        guard let range, range.count >= minimum, !isHarmless(text, range) else { return nil }
        return range
    }

    private static func separator(in text: Span<UInt8>, at index: Int) -> Int? {
        guard index < text.count else { return nil }
        let next = index + 1 < text.count ? text[index + 1] : 0
        switch text[index] {
        case UInt8(ascii: "="):
            if next == UInt8(ascii: "=") { return nil }
            return next == UInt8(ascii: ">") ? index + 2 : index + 1
        case UInt8(ascii: ":"): return next == UInt8(ascii: ":") || next == slash ? nil : index + 1
        default: return nil
        }
    }

    static func quoted(in text: Span<UInt8>, from open: Int, isEscaped: Bool) -> Range<Int> {
        let quote = text[open]
        let end = run(in: text, from: open + 1) { $0 != quote }
        return open + 1..<(isEscaped && end > open + 1 && text[end - 1] == 0x5C ? end - 1 : end)
    }

    /// A value without quotes; a call such as `dbutils.secrets.get(` is code and no value.
    private static func bare(in text: Span<UInt8>, from start: Int) -> Range<Int>? {
        let name = run(in: text, from: start) {
            $0.isAlphanumeric || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
        }
        if name < text.count, text[name] == UInt8(ascii: "(") || text[name] == UInt8(ascii: "["),
            (start..<name).contains(where: { text[$0] == UInt8(ascii: ".") })
        {
            return nil
        }
        return start..<run(in: text, from: start) { !isEndOfValue($0) }
    }

    private static let harmless = [
        "none", "null", "true", "false", "str", "string", "bytes", "optional", "{{", "${", "***", "[masked",
        "<redacted",
    ]

    private static func isHarmless(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        harmless.contains { word in
            guard starts(text, at: range.lowerBound, with: word) else { return false }
            let isMark = !(word.utf8.first?.isAlphanumeric ?? false)
            let end = range.lowerBound + word.utf8.count
            return isMark || end >= range.upperBound || text[end] == UInt8(ascii: ")") || text[end] == UInt8(ascii: "]")
        }
    }

    // MARK: Other forms

    private static func scheme(in text: Span<UInt8>, after end: Int) -> Range<Int>? {
        let start = run(in: text, from: end, limit: 2) { $0 == 0x20 }
        guard start > end || text[end - 1] == 0x20 else { return nil }
        let reach = run(in: text, from: start) {
            isTokenByte($0) || $0 == slash || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "=")
                || $0 == UInt8(ascii: "~")
        }
        let isRandom = (start..<reach).contains { (0x30...0x39).contains(text[$0]) || text[$0] == UInt8(ascii: "=") }
        return reach - start >= 12 && isRandom ? start..<reach : nil
    }

    /// The end of a PEM block, or of the text when the block was cut.
    private static func endOfKey(in text: Span<UInt8>, from start: Int) -> Int {
        var at = start
        while at < text.count {
            if text[at] == UInt8(ascii: "-"), starts(text, at: at, with: "-----end") { return at }
            at += 1
        }
        return at
    }

    /// The password of a link, or a token that stands for both user and password.
    static func userInfo(in text: Span<UInt8>, after start: Int) -> Range<Int>? {
        var colon: Int?
        var at = start
        while at < text.count, at - start < 512 {
            switch text[at] {
            case UInt8(ascii: "@"):
                if let colon { return at > colon + 1 ? colon + 1..<at : nil }
                return at - start >= 16 ? start..<at : nil
            case UInt8(ascii: ":"): colon = colon ?? at
            case slash, UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "'"), 0...0x20:
                return nil
            default: break
            }
            at += 1
        }
        return nil
    }

    // MARK: Bytes

    static func run(
        in text: Span<UInt8>, from start: Int, limit: Int = .max, _ belongs: (UInt8) -> Bool
    ) -> Int {
        var at = start
        while at < text.count, at - start < limit, belongs(text[at]) { at += 1 }
        return at
    }

    private static func starts(_ text: Span<UInt8>, at start: Int, with word: String) -> Bool {
        guard start + word.utf8.count <= text.count else { return false }
        return zip(word.utf8, start...).allSatisfy { text[$1].lowercased == $0 }
    }

    private static func isBorder(_ text: Span<UInt8>, before index: Int) -> Bool {
        index == 0 || !text[index - 1].isAlphanumeric && text[index - 1] != UInt8(ascii: "_")
    }

    static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    static func isEndOfValue(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            true
        default: false
        }
    }
}
