internal import HTTPSyntax
internal import JSON

/// What holds for every text, whichever of the small grammars it is given to: what is read prints as itself, and what is
/// written holds nothing that could end it.
enum HTTPSyntaxProperties {
    static func check(_ input: [UInt8]) throws(Violation) {
        let text = String(decoding: input, as: UTF8.self)
        try checkDates(text)
        try checkMoment(input)
        try checkAddresses(text)
        try checkEscapes(text)
        try checkRanges(text)
        try checkBase64(text)
        try checkTerminal(text)
    }

    private static func checkDates(_ text: String) throws(Violation) {
        for now in [0, 1_790_000_000] as [Int64] {
            if let seconds = HTTPDate.seconds(text, now: now) {
                let printed = HTTPDate.text(seconds)
                try require(printed.utf8.count == 29, "RFC 9110 5.6.7: a date has 29 characters, not '\(printed)'")
                try require(
                    HTTPDate.seconds(printed, now: now) == seconds, "RFC 9110 5.6.7: '\(text)' reads as '\(printed)'")
            }
            let wait = RetryAfter.seconds(text, now: now)
            try require(wait ?? 0 >= 0, "RFC 9110 10.2.3: nobody waits for \(wait ?? 0) seconds")
        }
    }

    private static func checkMoment(_ input: [UInt8]) throws(Violation) {
        let number = Int64(truncatingIfNeeded: input.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        // Most numbers are no moment of the calendar; these are all of them.
        let seconds = number % 253_402_300_800
        guard seconds >= -62_167_219_200 else { return }
        let text = RFC3339.text(milliseconds: seconds * 1_000, fraction: false)
        let parts = text.utf8.prefix(10).split(separator: UInt8(ascii: "-")).compactMap { Int64(Substring($0)) }
        let date = try require(
            parts.count == 3 ? CivilDate(year: parts[0], month: parts[1], day: parts[2]) : nil, "RFC 3339: '\(text)'")
        try require(text.utf8.count == 20, "RFC 3339: '\(text)' has 20 characters")
        let passed = seconds - date.daysSince1970 * 86_400
        try require(0..<86_400 ~= passed, "RFC 3339: '\(text)' is the day of \(seconds)")
        try require(
            HTTPDate.seconds(HTTPDate.text(seconds), now: 0) == seconds, "RFC 9110 5.6.7: \(seconds) reads back")
    }

    private static func checkAddresses(_ text: String) throws(Violation) {
        if let authority = Authority(text) {
            let isPlain = authority.host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#@\\\"%".utf8.contains($0) }
            try require(isPlain && !authority.host.isEmpty, "RFC 3986 3.2.2: '\(authority.host)' is a host")
            try require(1...65_535 ~= authority.port ?? 1, "RFC 3986 3.2.3: \(authority.port ?? 0) is a port")
            try require(Authority(authority.description) == authority, "RFC 3986 3.2: '\(authority)' reads back")
        }
        guard let parts = URLParts(text) else { return try require(WebOrigin(text) == nil, "an origin is a URL") }
        let whole =
            "\(parts.scheme)://\(parts.userInfo.map { "\($0)@" } ?? "")\(parts.authority)\(parts.target)"
            + (parts.fragment.map { "#\($0)" } ?? "")
        try require(whole.utf8.elementsEqual(text.utf8), "RFC 3986 appendix B: '\(whole)' is whole")
        try require(parts.target.utf8.starts(with: parts.path.utf8), "a target begins with its path")
        guard let origin = WebOrigin(of: parts) else { return }
        try require(WebOrigin(origin.description) == origin, "RFC 6454 6.2: '\(origin)' reads back")
    }

    private static func checkEscapes(_ text: String) throws(Violation) {
        let encoded = PercentEncoding.encode(text)
        let isPlain = encoded.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "%") || PercentEncoding.encode(String(UnicodeScalar(byte))).utf8.count == 1
        }
        try require(isPlain, "RFC 3986 2.3: '\(encoded)' holds nothing reserved")
        try require(PercentEncoding.decode(encoded.utf8) == text, "RFC 3986 2.1: '\(encoded)' reads back")
        guard let decoded = PercentEncoding.decode(text.utf8) else { return }
        try require(decoded.utf8.count <= text.utf8.count, "RFC 3986 2.1: an escape is no shorter than its byte")
    }

    private static func checkRanges(_ text: String) throws(Violation) {
        let ranges = AcceptedRange.all(in: [text])
        for range in ranges {
            try require(0...1_000 ~= range.weight, "RFC 9110 12.4.2: \(range.weight) is a weight")
            try require(!range.type.isEmpty && !range.subtype.isEmpty, "RFC 9110 8.3.1: a type has two parts")
        }
        let preference = Preference(for: "text", "html", in: ranges)
        let isNamed = preference.exactness != .none
        try require(isNamed || preference.weight == 0, "RFC 9110 12.5.1: nobody wants what no range names")
        let joined = Preference(for: "text", "html", in: ranges + ranges)
        try require(joined == preference, "RFC 9110 12.5.1: said twice is said once")
    }

    private static func checkBase64(_ text: String) throws(Violation) {
        if let bytes = Base64.decode(strictly: text) {
            try require(Base64.encode(bytes) == text, "RFC 4648 4: one text for \(bytes)")
        }
        if let bytes = Base64URL.decode(strictly: text) {
            try require(Base64URL.encode(bytes) == text, "RFC 4648 5: one text for \(bytes)")
        }
        let bytes = Array(text.utf8)
        try require(Base64.decode(strictly: Base64.encode(bytes)) == bytes, "RFC 4648 4: \(bytes) reads back")
        try require(Base64URL.decode(strictly: Base64URL.encode(bytes)) == bytes, "RFC 4648 5: \(bytes) reads back")
    }

    private static func checkTerminal(_ text: String) throws(Violation) {
        let clean = ControlCharacterFilter.clean(Array(text.utf8))
        let shown = try require(String(validating: clean, as: UTF8.self), "ECMA-48: what is left is UTF-8")
        let obeyed = shown.unicodeScalars.first { scalar in
            (scalar.value < 0x20 || 0x7F..<0xA0 ~= scalar.value) && !"\t\n\r".unicodeScalars.contains(scalar)
        }
        try require(obeyed == nil, "ECMA-48: a terminal would obey U+\(String(obeyed?.value ?? 0, radix: 16))")
        try require(ControlCharacterFilter.clean(clean) == clean, "ECMA-48: what is clean stays as it is")
    }
}
