internal import JSON

/// Pieces of output schemas: loose, because the service may add members and words at any time (TL-07, D-07).
enum ResultSchema {
    static let text: JSONValue = ["type": "string"]
    static let flag: JSONValue = ["type": "boolean"]
    static let number: JSONValue = ["type": "integer"]
    /// An integer, or a decimal string beyond 2^53-1 (K-14).
    static let id: JSONValue = ["anyOf": [["type": "integer"], ["type": "string"]]]

    /// The members that every run, task and iteration has in common.
    static let run: [(String, JSONValue)] = [
        ("run_id", id), ("finished", flag), ("outcome", text), ("cause_kind", text),
    ]

    static func object(_ properties: [(String, JSONValue)], required: [String] = []) -> JSONValue {
        var schema: JSONObject = ["type": "object", "properties": .object(JSONObject(properties))]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return .object(schema)
    }

    static func list(of properties: [(String, JSONValue)]) -> JSONValue {
        ["type": "array", "items": properties.isEmpty ? ["type": "object"] : object(properties)]
    }
}
