internal import MCP

/// How much of what the service sent a caller wants to see (P-73).
enum Detail: String, CaseIterable, Sendable {
    /// What the next step needs.
    case summary
    /// All there is, as far as it fits into ``ResultLimits/standard``.
    case standard
    /// All there is, as far as it fits into ``ResultLimits/maximum``.
    case full

    static let argument = Argument.choice(
        "detail", allCases.map(\.rawValue), default: standard.rawValue, "At most about 8, 16 or 64 KiB.")
}

extension ToolArguments {
    /// The argument `detail`.
    var detail: Detail { string("detail").flatMap(Detail.init) ?? .standard }
}

/// What a result may weigh: text, structured content and envelope together, in bytes (P-73).
package struct ResultLimits: Sendable, Equatable {
    /// What no result exceeds, whatever a caller asks for.
    package static let maximum = 64 << 10
    /// What a result weighs at most unless the caller asks for more: 8 KiB to ``maximum``.
    package var standard = 16 << 10

    /// The defaults.
    package init() {}
}
