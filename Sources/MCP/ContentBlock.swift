internal import JSON

/// One part of what a result shows, besides its text (TC-02).
package enum ContentBlock: Sendable {
    /// A text for the model.
    case text(String)
    /// A picture: Base64, and its media type.
    case image(base64: String, mimeType: String)
    /// A recording: Base64, and its media type.
    case audio(base64: String, mimeType: String)
    /// A text that comes with the result rather than being fetched from its URI.
    case resource(uri: String, mimeType: String, text: String)
}

extension JSONWriter {
    /// An element of `content`.
    mutating func block(_ block: ContentBlock) {
        switch block {
        case .text(let text): members([("type", "text"), ("text", text)])
        case .image(let data, let type): members([("type", "image"), ("data", data), ("mimeType", type)])
        case .audio(let data, let type): members([("type", "audio"), ("data", data), ("mimeType", type)])
        case .resource(let uri, let type, let text):
            beginObject()
            key("type")
            string("resource")
            key("resource")
            members([("uri", uri), ("mimeType", type), ("text", text)])
            endObject()
        }
    }

    private mutating func members(_ members: [(name: String, value: String)]) {
        beginObject()
        for (name, value) in members {
            key(name)
            string(value)
        }
        endObject()
    }
}
