internal import JSON
internal import MCP

/// What the content fixtures return.
enum Samples {
    /// A red PNG of one pixel.
    static let image = ContentBlock.image(
        base64:
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
        mimeType: "image/png")

    /// A WAV file without samples.
    static let audio = ContentBlock.audio(
        base64: "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=", mimeType: "audio/wav")

    static let resource = ContentBlock.resource(
        uri: "test://embedded-resource", mimeType: "text/plain", text: "This is an embedded resource content.")

    /// Keywords that must survive the listing: `$schema`, `$defs`, `$ref`, `additionalProperties`.
    static let schema: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        "$defs": [
            "address": [
                "type": "object", "properties": ["street": ["type": "string"], "city": ["type": "string"]],
            ]
        ],
        "properties": ["name": ["type": "string"], "address": ["$ref": "#/$defs/address"]],
        "additionalProperties": false,
    ]
}
