internal import JSON

/// One argument of a tool: how it is described to clients, and what is accepted.
package struct Argument: Sendable {
    /// The kinds of values that the tools need.
    enum Kind: Sendable {
        case integer(ClosedRange<Int64>, default: Int64?)
        case identifier
        case string(length: ClosedRange<Int>)
        case boolean(default: Bool?)
        case choice([String], default: String?)
        case stringMap(maximumCount: Int)
        case stringList(maximumCount: Int)
        case object([Argument])
    }

    /// The name of the property.
    package let name: String
    /// Whether a call without it is refused.
    package let isRequired: Bool
    let description: String
    let kind: Kind
    /// The name after `Mcp-Param-` of the header that clients repeat the argument in (TL-12).
    private(set) var header: String?

    private init(_ name: String, _ kind: Kind, _ isRequired: Bool, _ description: String) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.description = description
    }

    /// An integer within `range`, however it is written: `20`, `20.0`, `2e1` (J-09).
    package static func integer(
        _ name: String, in range: ClosedRange<Int64>, default fallback: Int64? = nil, required: Bool = false,
        _ description: String
    ) -> Argument {
        Argument(name, .integer(range, default: fallback), required, description)
    }

    /// A positive 64-bit id, as a JSON integer or a decimal string (D-10, K-14).
    package static func identifier(_ name: String, required: Bool = false, _ description: String) -> Argument {
        Argument(name, .identifier, required, description)
    }

    /// A string; its length is counted in Unicode scalars, as JSON Schema does.
    package static func string(
        _ name: String, minimumLength: Int = 0, maximumLength: Int, required: Bool = false, _ description: String
    ) -> Argument {
        Argument(name, .string(length: minimumLength...maximumLength), required, description)
    }

    /// A Boolean.
    package static func boolean(
        _ name: String, default fallback: Bool? = nil, required: Bool = false, _ description: String
    ) -> Argument {
        Argument(name, .boolean(default: fallback), required, description)
    }

    /// One of a few strings.
    package static func choice(
        _ name: String, _ choices: [String], default fallback: String? = nil, required: Bool = false,
        _ description: String
    ) -> Argument {
        Argument(name, .choice(choices, default: fallback), required, description)
    }

    /// An object of strings; numbers and Booleans are taken as their JSON text (D-90).
    package static func stringMap(
        _ name: String, maximumCount: Int = 1_000, required: Bool = false, _ description: String
    ) -> Argument {
        Argument(name, .stringMap(maximumCount: maximumCount), required, description)
    }

    /// An array of strings.
    package static func stringList(
        _ name: String, maximumCount: Int = 1_000, required: Bool = false, _ description: String
    ) -> Argument {
        Argument(name, .stringList(maximumCount: maximumCount), required, description)
    }

    /// An object with members of its own, each checked like an argument.
    package static func object(
        _ name: String, _ members: [Argument], required: Bool = false, _ description: String
    ) -> Argument {
        Argument(name, .object(members), required, description)
    }

    /// The same argument, which clients of the modern era repeat in the header `Mcp-Param-NAME`; never for secrets.
    package func mirrored(inHeader name: String) -> Argument {
        var argument = self
        argument.header = name
        return argument
    }

    /// The property in the tool's input schema, its bounds expressed (TL-05).
    ///
    /// Every framework that makes tools of this must be able to read it: some take no list of types, and some no Boolean
    /// as `additionalProperties`, so that two types are two schemas, and that there are no other members is not written.
    var schema: JSONObject {
        var schema: JSONObject
        switch kind {
        case .integer(let range, let fallback):
            schema = ["type": "integer", "minimum": .integer(range.lowerBound)]
            if range.upperBound < .max { schema["maximum"] = .integer(range.upperBound) }
            if let fallback { schema["default"] = .integer(fallback) }
        case .identifier:
            schema = [
                "anyOf": [["type": "integer", "minimum": 1], ["type": "string", "pattern": "^[1-9][0-9]{0,18}$"]]
            ]
        case .string(let length):
            schema = ["type": "string"]
            if length.lowerBound > 0 { schema["minLength"] = .integer(Int64(length.lowerBound)) }
            schema["maxLength"] = .integer(Int64(length.upperBound))
        case .boolean(let fallback):
            schema = ["type": "boolean"]
            if let fallback { schema["default"] = .bool(fallback) }
        case .choice(let choices, let fallback):
            schema = ["type": "string", "enum": .array(choices.map(JSONValue.string))]
            if let fallback { schema["default"] = .string(fallback) }
        case .stringMap(let maximumCount):
            schema = ["type": "object", "additionalProperties": ["type": "string"]]
            schema["maxProperties"] = .integer(Int64(maximumCount))
        case .stringList(let maximumCount):
            schema = ["type": "array", "items": ["type": "string"]]
            schema["maxItems"] = .integer(Int64(maximumCount))
        case .object(let members):
            schema = ["type": "object"]
            schema["properties"] = .object(JSONObject(members.map { ($0.name, .object($0.schema)) }))
        }
        if let header { schema["x-mcp-header"] = .string(header) }
        guard !description.isEmpty else { return schema }
        schema["description"] = .string(description)
        return schema
    }
}
