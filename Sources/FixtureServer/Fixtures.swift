internal import JSON
internal import MCP

/// The tools, named as the official conformance suite names them.
enum Fixtures {
    /// The first one can be called without arguments (TL-02).
    static let all: [any Tool<Void>] = texts + contents + streams + headers

    private static let texts: [Fixture] = [
        Fixture("test_simple_text", "Returns a fixed text.") { _, _ in
            ToolResult([.text("This is a simple text response for testing.")])
        },
        Fixture("test_error_handling", "Always fails.") { _, _ in throw FixtureFailure() },
        Fixture(
            "test_structured", "Returns structured content.", [.integer("value", in: 0...100, default: 7, "A number.")],
            outputSchema: [
                "type": "object", "properties": ["value": ["type": "integer"]], "required": ["value"],
            ]
        ) { arguments, _ in
            let value = arguments.integer("value") ?? 0
            return ToolResult(text: "The value is \(value).", structured: Array("{\"value\":\(value)}".utf8))
        },
        Fixture("test_missing_capability", "Needs a client that samples.", requires: "sampling") { _, _ in
            ToolResult([.text("The client declared sampling.")])
        },
    ]

    private static let contents: [Fixture] = [
        Fixture("test_image_content", "Returns a picture.") { _, _ in ToolResult([Samples.image]) },
        Fixture("test_audio_content", "Returns a recording.") { _, _ in ToolResult([Samples.audio]) },
        Fixture("test_embedded_resource", "Returns an embedded resource.") { _, _ in ToolResult([Samples.resource]) },
        Fixture("test_multiple_content_types", "Returns text, a picture and a resource.") { _, _ in
            ToolResult([.text("Multiple content types test:"), Samples.image, Samples.resource])
        },
    ]

    private static let streams: [Fixture] = [
        Fixture("test_tool_with_progress", "Reports 0, 50 and 100 of 100.") { _, context in
            for progress in [0.0, 50, 100] {
                await context.progress.report(
                    ProgressUpdate(progress: progress, total: 100, message: "Completed step \(Int(progress)) of 100"))
                try await Task.sleep(for: .milliseconds(50))
            }
            return ToolResult([.text("100")])
        },
        Fixture("test_streaming_elicitation", "Streams, and asks the client for nothing.") { _, context in
            await context.progress.report(ProgressUpdate(progress: 1))
            return ToolResult([.text("This server sends no requests.")])
        },
        Fixture("test_logging_tool", "Writes three log messages for clients that want them.") { _, context in
            for text in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
                context.log.write(.info, text)
            }
            return ToolResult([.text("Logged.")])
        },
        Fixture(
            "test_countdown", "Reports every step; a step takes as long as asked.",
            [
                .integer("steps", in: 1...1_000, required: true, "How many steps."),
                .integer("milliseconds", in: 0...60_000, required: true, "How long each takes."),
            ]
        ) { arguments, context in
            let steps = arguments.integer("steps") ?? 1
            for step in 1...steps {
                await context.progress.report(ProgressUpdate(progress: Double(step), total: Double(steps)))
                try await Task.sleep(for: .milliseconds(arguments.integer("milliseconds") ?? 0))
            }
            return ToolResult([.text("Counted to \(steps).")])
        },
    ]

    private static let headers: [Fixture] = [
        Fixture(
            "test_x_mcp_header", "Has arguments that clients repeat in headers.",
            [
                Argument.string("region", maximumLength: 100, "A text.").mirrored(inHeader: "Region"),
                Argument.integer("priority", in: -9_007_199_254_740_991...9_007_199_254_740_991, "An integer.")
                    .mirrored(inHeader: "Priority"),
                Argument.boolean("verbose", "A Boolean.").mirrored(inHeader: "Verbose"),
            ]
        ) { arguments, _ in
            ToolResult([.text("region=\(arguments.string("region") ?? "none")")])
        },
        Fixture(
            "json_schema_2020_12_tool", "Has an input schema with keywords of JSON Schema 2020-12.",
            inputSchema: Samples.schema
        ) { _, _ in ToolResult([.text("The schema was listed as it is.")]) },
    ]
}
