package import Observability

/// All that is wrong with the arguments of one call (TC-07, TC-08).
package struct InvalidArguments: CallerFacingError {
    private static let maximumListed = 20

    /// One phrase for each, starting with the argument's name.
    package let violations: [String]
    private let tool: String
    private let known: [String]
    private let hasUnknown: Bool

    init(_ violations: [String], _ definition: ToolDefinition, hasUnknown: Bool) {
        self.violations = violations
        tool = definition.name
        known = definition.arguments.map(\.name)
        self.hasUnknown = hasUnknown
    }

    /// Names each argument, its rule and what it was instead.
    package var callerMessage: String {
        var listed = violations.prefix(Self.maximumListed).joined(separator: "; ")
        if violations.count > Self.maximumListed { listed += "; and \(violations.count - Self.maximumListed) more" }
        return "Invalid arguments for \(tool): \(listed).\(hasUnknown ? " \(knownNames)" : "")"
    }

    /// The same without values and foreign names, which have no place in a log (H-04).
    package var operatorMessage: String { "\(violations.count) invalid arguments for \(tool)" }

    /// `invalid_argument`, with the names that exist as the next step.
    package var details: ErrorDetails { ErrorDetails(category: .invalidArgument, nextStep: knownNames) }

    private var knownNames: String {
        known.isEmpty ? "This tool takes no arguments." : "Known arguments: \(known.joined(separator: ", "))."
    }

    /// A foreign name, cleaned and cut so that it can stand in a sentence.
    static func quotable(_ name: String) -> String { LogSafeText.clean(name, limit: 64) }
}
