/// One operation that a client may call.
///
/// - SeeAlso: MCP 2026-07-28, "Tools".
package protocol Tool<Caller>: Sendable {
    /// On whose behalf the tool is called; the protocol layer passes it through and knows nothing of it.
    associatedtype Caller: Sendable

    /// What clients are told about the tool. Read once.
    var definition: ToolDefinition { get }

    /// Runs the tool.
    ///
    /// - Parameters:
    ///   - arguments: Checked against ``ToolDefinition/arguments`` already.
    ///   - context: Who calls and until when; the tool must end by the deadline and when it is cancelled.
    /// - Returns: The digest and the structured content.
    /// - Throws: A `CallerFacingError` for what the caller can act on; anything else counts as a bug of ours.
    func call(_ arguments: ToolArguments, in context: ToolContext<Caller>) async throws -> ToolResult
}

/// What a tool is given besides its arguments: for whom, until when, and where to report.
package struct ToolContext<Caller: Sendable>: Sendable {
    /// On whose behalf the tool is called.
    package let caller: Caller
    /// When the call must have ended (C-05).
    package let deadline: ContinuousClock.Instant
    /// What the client calls itself: cleaned, at most 64 characters, and never to be relied on.
    package let clientName: String?
    /// Where a tool that takes long says how far it has come.
    package let progress: ProgressReporter
    /// Where a tool writes what a client may want to read along.
    package let log: ClientLog

    /// Creates the circumstances of one call.
    package init(
        caller: Caller, deadline: ContinuousClock.Instant, clientName: String? = nil,
        progress: ProgressReporter = .none, log: ClientLog = .none
    ) {
        self.caller = caller
        self.deadline = deadline
        self.clientName = clientName
        self.progress = progress
        self.log = log
    }
}

/// What a tool answers when it succeeds.
package struct ToolResult: Sendable {
    /// A readable digest that is sufficient for the next step (K-11).
    package var text: String
    /// The bytes of one JSON object that conforms to the tool's output schema, without line breaks (TL-07, J-10).
    ///
    /// Empty for a tool without output schema.
    package var structured: [UInt8]
    /// Further content, after the text; content alone if the text is empty.
    package var blocks: [ContentBlock] = []

    /// Creates a result.
    package init(text: String, structured: [UInt8]) {
        self.text = text
        self.structured = structured
    }

    /// Creates the result of a tool without output schema.
    package init(_ blocks: [ContentBlock]) {
        self.init(text: "", structured: [])
        self.blocks = blocks
    }
}

/// Which form of a result goes into the text block, `MCP_TEXT_CONTENT` (K-11).
package enum TextContent: String, Sendable, CaseIterable {
    /// The readable digest.
    case digest
    /// The structured content as compact JSON, as the specification suggests (TC-03).
    case json
}
