internal import JSON

/// What `check` prints.
struct CheckReport {
    let results: [CheckResult]

    /// Whether calls can succeed, as far as can be known without a user.
    var isHealthy: Bool { results.allSatisfy { $0.verdict != .failed } }

    /// A table for people.
    var text: String {
        let names = results.map(\.name.count).max() ?? 0
        let rows = results.map { result in
            let elapsed = result.elapsed.map { "  (\($0.inWholeMilliseconds) ms)" } ?? ""
            let row = "\(result.verdict.mark) \(result.name.padded(to: names))  \(result.detail)\(elapsed)"
            return result.fix.map { "\(row)\n  \("".padded(to: names))  fix: \($0)" } ?? row
        }
        let failures = results.filter { $0.verdict == .failed }.count
        let conclusion =
            switch failures {
            case 0: "Ready: nothing stands in the way of a signed-in user."
            case 1: "Not ready: one check failed."
            default: "Not ready: \(failures) checks failed."
            }
        return (rows + ["", conclusion]).joined(separator: "\n") + "\n"
    }

    /// One JSON object for machines.
    var json: String {
        let report: JSONValue = ["ready": .bool(isHealthy), "checks": .array(results.map(Self.object))]
        return "\(report)\n"
    }

    private static func object(_ result: CheckResult) -> JSONValue {
        var object: JSONObject = [
            "name": .string(result.name), "verdict": .string(result.verdict.rawValue), "detail": .string(result.detail),
        ]
        object["fix"] = result.fix.map(JSONValue.string)
        object["elapsed_ms"] = result.elapsed.map { .integer($0.inWholeMilliseconds) }
        return .object(object)
    }
}

extension CheckResult.Verdict {
    fileprivate var mark: String {
        switch self {
        case .passed: "✓"
        case .warning: "!"
        case .failed: "✗"
        case .skipped: "-"
        }
    }
}

extension Duration {
    fileprivate var inWholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
