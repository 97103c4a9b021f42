internal import JSON

/// JSON for people: two blanks a level, and short arrays on one line.
enum PrettyJSON {
    static func text(_ value: JSONValue, indentation: String = "") -> String {
        guard case .object(let object) = value, !object.members.isEmpty else { return value.description }
        let inner = "\(indentation)  "
        let members = object.members.map { member in
            "\(inner)\(JSONValue.string(member.name)): \(text(member.value, indentation: inner))"
        }
        return "{\n\(members.joined(separator: ",\n"))\n\(indentation)}"
    }
}
