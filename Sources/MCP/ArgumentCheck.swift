internal import JSON

/// The outcome of checking one argument.
enum ArgumentCheck {
    case value(ToolArguments.Value)
    case absent
    /// What the argument must be and what it is instead; never a string that was passed, it may be a secret.
    case violation(String)
}

extension Argument {
    /// Checks the value passed for this argument; `null` is the same as nothing, which many clients mean by it.
    func check(_ element: JSONElement?) -> ArgumentCheck {
        guard let element, !element.isNull else {
            return isRequired ? .violation("is required") : fallback.map(ArgumentCheck.value) ?? .absent
        }
        return switch kind {
        case .integer(let range, _): checkInteger(element, range)
        case .identifier: checkIdentifier(element)
        case .string(let length): checkString(element, length)
        case .boolean: element.bool.map { .value(.boolean($0)) } ?? .wrong("must be true or false", element)
        case .choice(let choices, _): checkChoice(element, choices)
        case .stringMap(let maximumCount): checkMap(element, maximumCount)
        case .stringList(let maximumCount): checkList(element, maximumCount)
        case .object(let members): checkObject(element, members)
        }
    }

    private var fallback: ToolArguments.Value? {
        switch kind {
        case .integer(_, let value?): .integer(value)
        case .boolean(let value?): .boolean(value)
        case .choice(_, let value?): .string(value)
        default: nil
        }
    }

    private func checkInteger(_ element: JSONElement, _ range: ClosedRange<Int64>) -> ArgumentCheck {
        guard let value = element.integer else {
            // An integer beyond Int64 is out of range rather than of the wrong type (J-09).
            let isHuge = element.double.map { $0.magnitude >= 9.2e18 } ?? (element.kind == .number)
            return .wrong(isHuge ? Self.rangeText(range) : "must be an integer", element)
        }
        return range.contains(value) ? .value(.integer(value)) : .wrong(Self.rangeText(range), element)
    }

    private static func rangeText(_ range: ClosedRange<Int64>) -> String {
        range.upperBound == .max
            ? "must be at least \(range.lowerBound)" : "must be between \(range.lowerBound) and \(range.upperBound)"
    }

    private func checkIdentifier(_ element: JSONElement) -> ArgumentCheck {
        guard let value = element.exactInteger, value > 0 else {
            return .wrong("must be a positive integer up to 9223372036854775807, as a number or as a string", element)
        }
        return .value(.identifier(value, wasNumber: element.kind == .number))
    }

    private func checkString(_ element: JSONElement, _ length: ClosedRange<Int>) -> ArgumentCheck {
        guard let value = element.string else { return .wrong("must be a string", element) }
        let count = value.unicodeScalars.count
        if count < length.lowerBound {
            return .violation(
                count == 0 ? "must not be empty" : "must have at least \(length.lowerBound) characters (got \(count))")
        }
        guard count <= length.upperBound else {
            return .violation("must have at most \(length.upperBound) characters (got \(count))")
        }
        return .value(.string(value))
    }

    private func checkChoice(_ element: JSONElement, _ choices: [String]) -> ArgumentCheck {
        guard let choice = choices.first(where: element.isString) else {
            let rule = "must be one of \(choices.joined(separator: ", "))"
            return element.kind == .string ? .violation("\(rule) (got another string)") : .wrong(rule, element)
        }
        return .value(.string(choice))
    }

    private func checkMap(_ element: JSONElement, _ maximumCount: Int) -> ArgumentCheck {
        guard element.isObject else { return .wrong("must be an object of strings", element) }
        guard element.count <= maximumCount else {
            return .violation("must have at most \(maximumCount) members (got \(element.count))")
        }
        var members: [(name: String, value: String)] = []
        for member in element.members {
            let name = member.name
            guard let text = member.value.string ?? member.value.scalarText else {
                return .wrong("has a member \(InvalidArguments.quotable(name)) that must be a string", member.value)
            }
            members.append((name, text))
        }
        return .value(.stringMap(members))
    }

    private func checkList(_ element: JSONElement, _ maximumCount: Int) -> ArgumentCheck {
        guard element.isArray else { return .wrong("must be an array of strings", element) }
        guard element.count <= maximumCount else {
            return .violation("must have at most \(maximumCount) elements (got \(element.count))")
        }
        var elements: [String] = []
        for (position, element) in element.elements.enumerated() {
            guard let text = element.string else {
                return .wrong("has an element \(position + 1) that must be a string", element)
            }
            elements.append(text)
        }
        return .value(.stringList(elements))
    }

    private func checkObject(_ element: JSONElement, _ members: [Argument]) -> ArgumentCheck {
        guard element.isObject else { return .wrong("must be an object", element) }
        if let unknown = element.members.first(where: { member in !members.contains { member.isNamed($0.name) } }) {
            let known = members.map(\.name).joined(separator: ", ")
            return .violation("has a member \(InvalidArguments.quotable(unknown.name)), but may have only \(known)")
        }
        var values: [(name: String, value: ToolArguments.Value)] = []
        for member in members {
            switch member.check(element[member.name]) {
            case .value(let value): values.append((member.name, value))
            case .absent: break
            case .violation(let text): return .violation("has a member \(member.name) that \(text)")
            }
        }
        return .value(.object(ToolArguments(values)))
    }
}

extension ArgumentCheck {
    /// A violation that names what was passed: a number itself, of other values the type only.
    fileprivate static func wrong(_ rule: String, _ element: JSONElement) -> ArgumentCheck {
        let got =
            switch element.kind {
            case .null: "null"
            case .bool: "a boolean"
            case .number: element.numberText.map { $0.utf8.count <= 24 ? $0 : "a longer number" } ?? "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        return .violation("\(rule) (got \(got))")
    }
}

extension JSONElement {
    /// The JSON text of a number or a Boolean.
    fileprivate var scalarText: String? { numberText ?? bool.map { $0 ? "true" : "false" } }
}
