/// What happens at the managed identity endpoints: one step per request, the last one for ever.
struct IdentityScript: Sendable {
    /// One scripted outcome.
    enum Step: Sendable, Equatable {
        case ok
        /// An error in the endpoint's form.
        case status(Int, retryAfter: String?)
        /// 403 of a proxy that cannot reach the metadata address: this machine is not in Azure.
        case unreachable
        /// A wait before the answer.
        case slow(milliseconds: Int64)
        /// The connection is closed without an answer.
        case drop
        /// 200 with a body that is no JSON.
        case garbage
        /// 200 without a token in it.
        case emptyToken
    }

    private var steps: [Step]

    static let ok = IdentityScript(steps: [.ok])

    init(steps: [Step]) { self.steps = steps.isEmpty ? [.ok] : steps }

    /// Takes the step for the next request.
    mutating func next() -> Step { steps.count > 1 ? steps.removeFirst() : steps[0] }
}

extension IdentityScript.Step {
    /// Reads the form that the control API takes: `ok`, `410`, `status:429:7`, `unreachable`, `slow:250`, `drop`,
    /// `garbage`, `empty-token`.
    init?(_ text: String) {
        let parts = text.split(separator: ":").map(String.init)
        let numbers = parts.dropFirst().compactMap { Int64($0) }
        switch (parts.first, parts.count) {
        case ("ok", 1): self = .ok
        case ("unreachable", 1): self = .unreachable
        case ("drop", 1): self = .drop
        case ("garbage", 1): self = .garbage
        case ("empty-token", 1): self = .emptyToken
        case ("slow", 2):
            guard let milliseconds = numbers.first, milliseconds >= 0 else { return nil }
            self = .slow(milliseconds: milliseconds)
        case ("status", 2...3):
            guard let status = numbers.first, (400...599).contains(status) else { return nil }
            self = .status(Int(status), retryAfter: parts.count == 3 ? parts[2] : nil)
        case (let word?, 1):
            guard let status = Int(word), (400...599).contains(status) else { return nil }
            self = .status(status, retryAfter: nil)
        default: return nil
        }
    }
}
