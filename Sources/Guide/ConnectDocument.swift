internal import JSON

/// The connect page for programs: the same facts as one JSON object.
package enum ConnectDocument {
    /// The object, in UTF-8.
    package static func bytes(_ facts: ServerFacts) -> [UInt8] {
        var members: JSONObject = [
            "name": .string(facts.name), "title": .string(facts.title), "version": .string(facts.version),
            "endpoint": .string(facts.endpoint), "transport": "streamable-http",
            "protocol_versions": strings(facts.protocolVersions), "tools": strings(facts.tools.map(\.name)),
            "read_only": .bool(facts.isReadOnly), "resource_metadata": .string(facts.metadataURL),
            "authorization_servers": strings([facts.authorizationServer]), "scopes": strings(facts.scopes),
        ]
        if let documentation = facts.documentationURL { members["documentation"] = .string(documentation) }
        return JSONValue.object(members).serialized
    }

    private static func strings(_ values: [String]) -> JSONValue { .array(values.map(JSONValue.string)) }
}
