package import JSON

/// What `tools/list` says about a tool (TL-04, TL-05, TL-07).
package struct ToolDefinition: Sendable {
    /// 1 to 64 characters of `A-Z a-z 0-9 _ . -`.
    package var name: String
    /// The name that people read.
    package var title: String
    /// What the tool does, for the model that chooses it.
    package var description: String
    /// What may be passed in; the input schema follows from it.
    package var arguments: [Argument]
    /// What ``ToolResult/structured`` looks like: a JSON Schema whose root has type `object`; `nil` if there is none.
    package var outputSchema: JSONValue?
    /// Hints for hosts that ask before they call.
    package var annotations: ToolAnnotations
    /// A JSON Schema that is listed in place of the one of ``arguments``; calls are not checked against it.
    package var customInputSchema: JSONValue?
    /// What clients of the modern era must have declared, such as `sampling` (LAD-8).
    package var requiredCapability: String?

    /// Creates a definition.
    package init(
        name: String, title: String, description: String, arguments: [Argument], outputSchema: JSONValue?,
        annotations: ToolAnnotations
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.arguments = arguments
        self.outputSchema = outputSchema
        self.annotations = annotations
    }

    /// The JSON Schema of the arguments (TL-05).
    ///
    /// Others than these are refused by ``ToolArguments``, which names them. The schema does not say so: frameworks that
    /// read `additionalProperties` as a schema fail on `false`.
    package var inputSchema: JSONValue {
        if let customInputSchema { return customInputSchema }
        var schema: JSONObject = ["type": "object"]
        let required = arguments.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["properties"] = .object(JSONObject(arguments.map { ($0.name, .object($0.schema)) }))
        return .object(schema)
    }

    /// The tool as an element of `tools/list`.
    package var listing: JSONValue {
        var listing: JSONObject = [
            "name": .string(name), "title": .string(title), "description": .string(description),
            "inputSchema": inputSchema,
        ]
        if let outputSchema { listing["outputSchema"] = outputSchema }
        listing["annotations"] = annotations.listing(title: title)
        return .object(listing)
    }
}

/// What a host may assume about a tool before it asks its user (TL-08): hints, never a safeguard.
package struct ToolAnnotations: Sendable {
    /// The tool changes nothing.
    package var isReadOnly: Bool
    /// The tool may change more than it adds; `nil` where read-only makes it meaningless.
    package var isDestructive: Bool?
    /// Repeating a call changes nothing more; `nil` where read-only makes it meaningless.
    package var isIdempotent: Bool?
    /// The tool reaches beyond a closed set of things.
    package var isOpenWorld: Bool

    /// Creates hints.
    package init(isReadOnly: Bool, isDestructive: Bool? = nil, isIdempotent: Bool? = nil, isOpenWorld: Bool) {
        self.isReadOnly = isReadOnly
        self.isDestructive = isDestructive
        self.isIdempotent = isIdempotent
        self.isOpenWorld = isOpenWorld
    }

    func listing(title: String) -> JSONValue {
        var hints: JSONObject = ["title": .string(title), "readOnlyHint": .bool(isReadOnly)]
        if let isDestructive { hints["destructiveHint"] = .bool(isDestructive) }
        if let isIdempotent { hints["idempotentHint"] = .bool(isIdempotent) }
        hints["openWorldHint"] = .bool(isOpenWorld)
        return .object(hints)
    }
}
