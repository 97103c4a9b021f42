internal import Configuration

/// What is wrong with one setting, and what to do about it.
struct SettingProblem: Error, Equatable, CustomStringConvertible {
    /// The variable.
    let name: String
    /// One sentence without the value of a secret: the problem and the fix.
    let advice: String

    var description: String { "\(name): \(advice)" }
}

/// Reads settings by the names of their environment variables and collects every problem, so that the operator sees
/// all of them at once.
///
/// An empty value counts as unset: that is what a line such as `AZURE_CLIENT_SECRET=` in a file means.
struct SettingsReader {
    private let config: ConfigReader
    /// What stops the start.
    private(set) var problems: [SettingProblem] = []
    /// What is reported and ignored.
    private(set) var warnings: [SettingProblem] = []
    /// What follows from a problem that does not stop the start; `nil` while problems do.
    private var consequence: String?

    init(_ config: ConfigReader) { self.config = config }

    /// The settings whose values no message may hold, not even where one was pasted into another setting.
    private static let secrets = ["AZURE_CLIENT_SECRET", "IDENTITY_HEADER", "MSI_SECRET", "OTEL_EXPORTER_OTLP_HEADERS"]

    mutating func report(_ name: String, _ advice: String) {
        var advice = advice
        for secret in Self.secrets.compactMap({ text($0, isSecret: true) }) where secret.count >= 8 {
            // A quotation is cut, so its beginning may be all that stands there.
            for part in [secret, String(secret.prefix(8))] { advice = advice.replacing(part, with: "(a secret)") }
        }
        if let consequence {
            warn(name, "\(advice); until then \(consequence)")
        } else {
            problems.append(SettingProblem(name: name, advice: advice))
        }
    }

    private mutating func warn(_ name: String, _ advice: String) {
        warnings.append(SettingProblem(name: name, advice: advice))
    }

    /// Reads variables that others set for everybody on a platform: what is wrong with one never stops the start.
    ///
    /// - Parameters:
    ///   - consequence: What follows from a problem, such as "nothing is exported".
    ///   - read: Reads them.
    /// - Returns: What `read` returns, and whether it found no problem.
    mutating func tolerantly<Value>(
        _ consequence: String, _ read: (inout Self) -> Value
    ) -> (value: Value, isSound: Bool) {
        let before = warnings.count
        self.consequence = consequence
        defer { self.consequence = nil }
        let value = read(&self)
        return (value, warnings.count == before)
    }

    /// The trimmed text of a variable, or `nil` when unset or empty.
    func text(_ name: String, isSecret: Bool = false) -> String? {
        // A key's dots become underscores in the environment; our names are written as the environment spells them.
        let key = ConfigKey(name.lowercased().split(separator: "_").map(String.init))
        let text = config.string(forKey: key, isSecret: isSecret)?.trimmed
        return text?.isEmpty == false ? text : nil
    }

    mutating func required(_ name: String, _ advice: String, isSecret: Bool = false) -> String? {
        let value = text(name, isSecret: isSecret)
        if value == nil { report(name, "is not set; \(advice)") }
        return value
    }

    /// A value made from the text of a variable; what `parse` throws is reported under the variable's name.
    mutating func value<Value>(
        _ name: String, from text: String?, parse: (String) throws(SettingAdvice) -> Value
    ) -> Value? {
        guard let text else { return nil }
        do throws(SettingAdvice) { return try parse(text) } catch {
            report(name, error.text)
            return nil
        }
    }

    mutating func boolean(_ name: String, default fallback: Bool) -> Bool {
        value(name, from: text(name)) { text throws(SettingAdvice) in
            switch text.lowercased() {
            case "true", "1", "yes", "on": return true
            case "false", "0", "no", "off": return false
            default: throw SettingAdvice("must be true or false, not '\(text.excerpt)'")
            }
        } ?? fallback
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int) -> Int {
        value(name, from: text(name)) { text throws(SettingAdvice) in
            guard let number = Int(text), range.contains(number) else {
                throw SettingAdvice(
                    "must be a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text.excerpt)'")
            }
            return number
        } ?? fallback
    }

    /// A port.
    ///
    /// Kubernetes sets `MCP_PORT=tcp://10.0.0.1:80` in every pod that has a service named `mcp` beside it, and Docker does
    /// for a linked container. Neither is meant for this server.
    mutating func port(_ name: String, default fallback: Int) -> Int {
        if let text = text(name), ["tcp://", "udp://", "sctp://"].contains(where: text.hasPrefix) {
            warn(name, "is the address of a service of that name, which the platform announces; \(fallback) counts")
            return fallback
        }
        return integer(name, in: 1...65_535, default: fallback)
    }

    /// A number with a unit: `90s`, `30m`, `24h` or `7d`.
    mutating func duration(_ name: String, in range: ClosedRange<Duration>, default fallback: Duration) -> Duration {
        value(name, from: text(name)) { text throws(SettingAdvice) in
            let units: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
            guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()), number < 1_000_000,
                case let duration = Duration.seconds(number * unit), range.contains(duration)
            else {
                throw SettingAdvice(
                    "must be a number with a unit, such as 90s, 30m, 24h or 7d, from \(range.lowerBound.hours)h to "
                        + "\(range.upperBound.hours)h, not '\(text.excerpt)'")
            }
            return duration
        } ?? fallback
    }

    /// One of a closed list, compared without regard to case.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, default fallback: Choice
    ) -> Choice where Choice.RawValue == String {
        value(name, from: text(name)) { text throws(SettingAdvice) in
            guard let choice = Choice.allCases.first(where: { $0.rawValue == text.lowercased() }) else {
                let valid = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingAdvice("must be one of \(valid), not '\(text.excerpt)'")
            }
            return choice
        } ?? fallback
    }

    /// A list separated by commas or spaces; empty elements are dropped.
    func list(_ name: String) -> [String]? {
        text(name)?.split { $0 == "," || $0 == " " }.map(String.init)
    }
}

/// What a rule says about a malformed value: the rest of a sentence that starts with the variable's name.
struct SettingAdvice: Error, Equatable {
    let text: String

    init(_ text: String) { self.text = text }
}

extension Duration {
    fileprivate var hours: Int64 { components.seconds / 3_600 }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }

    /// Fit to be quoted in a message: at most 64 characters of the first line, up to what looks like another setting,
    /// because a value that runs into the next line runs into what that line keeps secret.
    var excerpt: String {
        let line = unicodeScalars.prefix { $0.properties.generalCategory != .control && !$0.isLineSeparator }
        let words = String(line).prefix(64).split(separator: " ", omittingEmptySubsequences: false)
        return words.prefix { !$0.looksLikeSetting }.joined(separator: " ")
    }
}

extension Unicode.Scalar {
    fileprivate var isLineSeparator: Bool { self == "\u{2028}" || self == "\u{2029}" }
}

extension Substring {
    /// `NAME=...` in capitals.
    fileprivate var looksLikeSetting: Bool {
        let name = prefix { ("A"..."Z").contains($0) || $0 == "_" }
        return name.count > 3 && dropFirst(name.count).first == "="
    }
}
