package import JSON

/// The arguments of one call, checked and decoded.
///
/// An accessor answers the argument's default when the call does not name it, and `nil` when there is none.
package struct ToolArguments: Sendable {
    enum Value: Sendable {
        case integer(Int64)
        case identifier(Int64, wasNumber: Bool)
        case string(String)
        case boolean(Bool)
        case stringMap([(name: String, value: String)])
        case stringList([String])
        case object(ToolArguments)
    }

    private var values: [(name: String, value: Value)] = []

    /// The members of an object that were checked one by one.
    init(_ values: [(name: String, value: Value)]) { self.values = values }

    /// Checks `arguments`, an object or absent, against `definition`.
    ///
    /// - Throws: ``InvalidArguments`` with every violation of the call (TC-08).
    package init(_ arguments: JSONElement?, for definition: ToolDefinition) throws(InvalidArguments) {
        guard definition.customInputSchema == nil else { return }
        var violations: [String] = []
        var recognized = 0
        for argument in definition.arguments {
            let element = arguments?[argument.name]
            if element != nil { recognized += 1 }
            switch argument.check(element) {
            case .value(let value): values.append((argument.name, value))
            case .absent: break
            case .violation(let text): violations.append("\(argument.name) \(text)")
            }
        }
        let hasUnknown = arguments.map { $0.count != recognized } ?? false
        if hasUnknown, let arguments {
            for member in arguments.members where !definition.arguments.contains(where: { member.isNamed($0.name) }) {
                violations.append("\(InvalidArguments.quotable(member.name)) is not a known argument")
            }
        }
        if !violations.isEmpty { throw InvalidArguments(violations, definition, hasUnknown: hasUnknown) }
    }

    /// The value of an integer or identifier.
    package func integer(_ name: String) -> Int64? {
        switch value(name) {
        case .integer(let value)?, .identifier(let value, _)?: value
        default: nil
        }
    }

    /// The value of a string or choice.
    package func string(_ name: String) -> String? {
        if case .string(let value)? = value(name) { value } else { nil }
    }

    /// The value of a Boolean.
    package func boolean(_ name: String) -> Bool? {
        if case .boolean(let value)? = value(name) { value } else { nil }
    }

    /// The members of an object of strings, in the order given.
    package func stringMap(_ name: String) -> [(name: String, value: String)]? {
        if case .stringMap(let members)? = value(name) { members } else { nil }
    }

    /// The elements of a list of strings.
    package func stringList(_ name: String) -> [String]? {
        if case .stringList(let elements)? = value(name) { elements } else { nil }
    }

    /// The members of an object that has arguments of its own.
    package func object(_ name: String) -> ToolArguments? {
        if case .object(let members)? = value(name) { members } else { nil }
    }

    /// Whether an identifier beyond 2^53-1 came as a JSON number, which a client in JavaScript has rounded (D-10).
    package func mayBeRounded(_ name: String) -> Bool {
        if case .identifier(let value, wasNumber: true)? = value(name) { value > 9_007_199_254_740_991 } else { false }
    }

    private func value(_ name: String) -> Value? { values.first { $0.name == name }?.value }
}
