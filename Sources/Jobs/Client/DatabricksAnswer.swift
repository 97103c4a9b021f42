internal import JSON

/// A success: the parsed body, which is always a JSON object, and what the header adds.
struct DatabricksAnswer: Sendable {
    let document: JSONDocument
    /// The numeric workspace id, when the service told it (D-15).
    let workspaceID: String?

    var root: JSONElement { document.root }
}
