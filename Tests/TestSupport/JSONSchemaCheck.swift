package import JSON

/// Checks values against the part of JSON Schema that our tools use; a keyword beyond it is a finding of its own.
package enum JSONSchemaCheck {
    private static let known: Set<String> = [
        "type", "properties", "required", "items", "enum", "additionalProperties", "description", "default", "minimum",
        "maximum", "minLength", "maxLength", "pattern", "maxItems", "maxProperties", "anyOf",
    ]

    /// What is wrong with `value`, each with the path to it; empty when it conforms.
    ///
    /// - Parameters:
    ///   - value: An instance.
    ///   - schema: A schema as `tools/list` shows it.
    ///   - path: Where in the whole value this one stands.
    /// - Returns: One sentence per violation.
    package static func violations(of value: JSONValue, against schema: JSONValue, at path: String = "$") -> [String] {
        guard case .object(let keywords) = schema else { return ["\(path): the schema is not an object"] }
        var found = keywords.members.filter { !known.contains($0.name) }.map { "\(path): unknown keyword \($0.name)" }
        found += typeViolations(of: value, schema["type"], path)
        if let options = schema["anyOf"]?.array {
            let findings = options.map { violations(of: value, against: $0, at: path) }
            if !findings.contains([]) { found += findings.first ?? ["\(path): anyOf is empty"] }
        }
        if let choices = schema["enum"]?.array, !choices.contains(value) { found.append("\(path): not in enum") }
        switch value {
        case .object(let object): found += members(of: object, schema, path)
        case .array(let elements):
            if let limit = schema["maxItems"]?.integer, elements.count > limit { found.append("\(path): too long") }
            guard let items = schema["items"] else { break }
            for (index, element) in elements.enumerated() {
                found += violations(of: element, against: items, at: "\(path)[\(index)]")
            }
        case .integer(let number):
            if let least = schema["minimum"]?.integer, number < least { found.append("\(path): below minimum") }
            if let most = schema["maximum"]?.integer, number > most { found.append("\(path): above maximum") }
        default: break
        }
        return found
    }

    private static func members(of object: JSONObject, _ schema: JSONValue, _ path: String) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.array?.compactMap(\.text) ?? [] where object[name] == nil {
            found.append("\(path): \(name) is missing")
        }
        for (name, value) in object.members {
            if let property = schema["properties"]?[name] {
                found += violations(of: value, against: property, at: "\(path).\(name)")
            } else if schema["additionalProperties"] == .bool(false) {
                found.append("\(path): \(name) is not allowed")
            } else if case .object? = schema["additionalProperties"], let rest = schema["additionalProperties"] {
                found += violations(of: value, against: rest, at: "\(path).\(name)")
            }
        }
        return found
    }

    private static func typeViolations(of value: JSONValue, _ type: JSONValue?, _ path: String) -> [String] {
        let allowed = type?.array?.compactMap(\.text) ?? type?.text.map { [$0] } ?? []
        let name =
            switch value {
            case .null: "null"
            case .bool: "boolean"
            case .integer: "integer"
            case .number: "number"
            case .string: "string"
            case .array: "array"
            case .object: "object"
            }
        let fits = allowed.isEmpty || allowed.contains(name) || name == "integer" && allowed.contains("number")
        return fits ? [] : ["\(path): \(name) instead of \(allowed.joined(separator: " or "))"]
    }
}
