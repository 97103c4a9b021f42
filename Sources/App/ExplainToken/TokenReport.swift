internal import Auth
internal import HTTPSyntax
internal import JSON
internal import Observability

/// What `explain-token` prints: the token's contents, every check, and what to do.
struct TokenReport {
    let input: TokenInput
    let contents: TokenContents
    let verdict: TokenVerdict
    /// Seconds since 1970, to which the token's times are compared.
    let now: Int64

    // MARK: - For people

    var text: String {
        let parts = [
            "Token: \(contents.length) bytes, SHA-256 \(contents.digest)...", wrappings,
            section("Header", contents.header), section("Claims", contents.claims), checks, conclusion,
        ]
        return parts.compactMap { $0 }.joined(separator: "\n") + "\n"
    }

    /// A client that sends these along is refused for them.
    private var wrappings: String? {
        input.wrappings.isEmpty ? nil : "Taken off: \(input.wrappings.joined(separator: ", "))"
    }

    private func section(_ title: String, _ members: [TokenContents.Member]?) -> String {
        guard let members else { return "\n\(title)\n  cannot be read" }
        let width = members.map(\.name.count).max() ?? 0
        return members.reduce("\n\(title)") { text, member in
            text + "\n  \(member.name.padded(to: width))  \(member.value)\(time(member.seconds))"
        }
    }

    private func time(_ seconds: Int64?) -> String {
        guard let seconds, (0...253_402_300_799).contains(seconds) else { return "" }
        let distance = seconds - now
        let words = distance >= 0 ? "in \(Self.span(distance))" : "\(Self.span(-distance)) ago"
        return "  (\(RFC3339.text(milliseconds: seconds * 1_000, fraction: false)), \(words))"
    }

    /// A length of time in its largest whole unit.
    private static func span(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7_200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3_600) h"
        default: "\(seconds / 86_400) days"
        }
    }

    private var checks: String {
        let width = TokenCheck.allCases.map(\.rawValue.count).max() ?? 0
        return verdict.results.reduce("\nChecks") { text, result in
            let name = result.check.rawValue.padded(to: width)
            switch result.outcome {
            case .passed: return text + "\n  ✓ \(name)  \(result.seen ?? "")".withoutBlanksAtEnd
            case .notReached: return text + "\n  - \(name)  not decidable"
            case .failed:
                return text + "\n  ✗ \(name)  got \(result.seen ?? "nothing")"
                    + (result.expected.map { ", expected \($0)" } ?? "")
            }
        }
    }

    private var conclusion: String {
        guard let first = verdict.rejection else { return "\nVerdict: accepted" }
        let fixes = reasons.map { "  \($0.rawValue): \($0.hint)\n    see \($0.helpPage)" }
        return (["\nVerdict: refused, \(first.reason.rawValue)", "\nWhat to do"] + fixes).joined(separator: "\n")
    }

    /// Every reason once, in the order of the checks.
    private var reasons: [TokenRejection.Reason] {
        verdict.results.compactMap(\.reason).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    // MARK: - For machines

    var json: String {
        let report: JSONValue = [
            "accepted": .bool(verdict.rejection == nil),
            "reason": verdict.rejection.map { .string($0.reason.rawValue) } ?? .null,
            "token": ["bytes": .integer(Int64(contents.length)), "sha256_prefix": .string(contents.digest)],
            "taken_off": .array(input.wrappings.map(JSONValue.string)),
            "header": Self.object(contents.header), "claims": Self.object(contents.claims),
            "checks": .array(verdict.results.map(Self.object)),
        ]
        return "\(report)\n"
    }

    private static func object(_ members: [TokenContents.Member]?) -> JSONValue {
        guard let members else { return .null }
        return .object(JSONObject(members.map { ($0.name, $0.seconds.map(JSONValue.integer) ?? .string($0.value)) }))
    }

    private static func object(_ result: TokenCheckResult) -> JSONValue {
        let outcome =
            switch result.outcome {
            case .passed: "passed"
            case .failed: "failed"
            case .notReached: "not_decidable"
            }
        var object: JSONObject = ["check": .string(result.check.rawValue), "outcome": .string(outcome)]
        object["seen"] = result.seen.map(JSONValue.string)
        object["expected"] = result.expected.map(JSONValue.string)
        object["reason"] = result.reason.map { .string($0.rawValue) }
        object["fix"] = result.reason.map { .string($0.hint) }
        object["help"] = result.reason.map { .string($0.helpPage) }
        return .object(object)
    }
}

extension String {
    /// Followed by blanks until it has `width` characters.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    fileprivate var withoutBlanksAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
