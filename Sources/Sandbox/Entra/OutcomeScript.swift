/// What happens when a token is requested on somebody's behalf: one step per request, the last one for ever.
struct OutcomeScript: Sendable {
    /// One scripted outcome.
    enum Step: Sendable, Equatable {
        case ok
        /// An AADSTS code that the sandbox knows (E-183).
        case code(Int)
        /// 50076 with this `claims` text.
        case claims(String)
        /// ``claims(_:)`` until the assertion was issued after the user passed the claims; then a token.
        case stepUp(String)
        /// A wait before a token is issued.
        case slow(milliseconds: Int64)
        /// A bare HTTP status, for 429 and 5xx.
        case status(Int, retryAfter: String?)
        /// The connection is closed without an answer.
        case drop
        /// 200 with a body that is no JSON.
        case garbage
        case variant(Variant)
    }

    /// Deviations of a successful answer that clients must cope with.
    enum Variant: String, Sendable, CaseIterable {
        case expiresInString = "expires-in-string"
        case refreshIn = "refresh-in"
        case extExpiresInZero = "ext-expires-in-zero"
        case noExpiresIn = "no-expires-in"
        case emptyToken = "empty-token"
        case truncated
        case html
    }

    private var steps: [Step]

    static let ok = OutcomeScript(steps: [.ok])

    init(steps: [Step]) { self.steps = steps.isEmpty ? [.ok] : steps }

    /// Takes the step for the next request.
    mutating func next() -> Step { steps.count > 1 ? steps.removeFirst() : steps[0] }
}

extension OutcomeScript.Step {
    /// Reads the form that the control API takes: `ok`, `50076`, `503`, `claims:{...}`, `step-up:{...}`, `slow:250`,
    /// `status:429:7`, `drop`, `garbage`, `variant:refresh-in`.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let argument = parts.count > 1 ? parts[1] : ""
        switch parts.first {
        case "ok": self = .ok
        case "drop": self = .drop
        case "garbage": self = .garbage
        case "claims" where !argument.isEmpty: self = .claims(argument)
        case "step-up" where !argument.isEmpty: self = .stepUp(argument)
        case "slow":
            guard let milliseconds = Int64(argument), milliseconds >= 0 else { return nil }
            self = .slow(milliseconds: milliseconds)
        case "status":
            let numbers = argument.split(separator: ":", maxSplits: 1).map(String.init)
            guard let status = numbers.first.flatMap({ Int($0) }), (200...599).contains(status) else { return nil }
            self = .status(status, retryAfter: numbers.count > 1 ? numbers[1] : nil)
        case "variant":
            guard let variant = OutcomeScript.Variant(rawValue: argument) else { return nil }
            self = .variant(variant)
        case .some(let word):
            guard parts.count == 1, let number = Int(word) else { return nil }
            if (400...599).contains(number) {
                self = .status(number, retryAfter: nil)
            } else if EntraError.isKnown(number) {
                self = .code(number)
            } else {
                return nil
            }
        case nil: return nil
        }
    }
}
