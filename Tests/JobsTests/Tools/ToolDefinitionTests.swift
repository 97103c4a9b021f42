internal import JSON
internal import Jobs
internal import MCP
internal import Testing

@Suite struct ToolDefinitionTests {
    private let definitions: [ToolDefinition]

    init() throws {
        definitions = JobsTools.all(client: try ToolBench(ScriptedTransport("{}")).client).map(\.definition)
    }

    @Test("There are exactly five, in this order (K-02, TL-02)")
    func names() {
        #expect(definitions.map(\.name) == ["list_jobs", "list_runs", "get_run", "get_run_output", "run_now"])
    }

    @Test("Change only together with their committed snapshot (P-87)")
    func snapshots() throws {
        for definition in definitions { try expectSnapshot(definition.listing, "definition.\(definition.name).json") }
    }

    @Test("Cost at most 3,500 tokens, at four characters each (P-56, P-87)")
    func tokenBudget() {
        let characters = definitions.reduce(0) { $0 + $1.listing.serialized.count }
        #expect(characters / 4 <= 3_500)
    }

    @Test("Keep to what hosts can read, without references (TL-04, TL-05, TL-06, TL-07)")
    func schemas() throws {
        for definition in definitions {
            let listing = definition.listing
            #expect(listing["inputSchema"]?["type"] == "object")
            #expect(listing["outputSchema"]?["type"] == "object")
            let text = listing.description
            for keyword in ["$ref", "oneOf", "allOf", "$schema"] { #expect(!text.contains("\"\(keyword)\"")) }
            // A list of types keeps some frameworks from loading any tool, and a Boolean where a schema may stand others.
            #expect(!text.contains("\"type\":["))
            #expect(!text.contains("\"additionalProperties\":false"))
            let properties = try #require(listing["inputSchema"]?["properties"])
            for name in properties.names {
                let types = properties[name]?["anyOf"]?.elements.map { $0["type"] } ?? [properties[name]?["type"]]
                #expect(types.allSatisfy { $0?.string != nil })
                #expect(properties[name]?["description"]?.string?.isEmpty == false)
            }
        }
    }

    @Test("Only run_now may change something, and says so (TL-08, D-92)")
    func annotations() {
        for definition in definitions {
            let isRunNow = definition.name == "run_now"
            #expect(definition.annotations.isReadOnly == !isRunNow)
            #expect(definition.annotations.isOpenWorld == isRunNow)
            #expect(definition.annotations.isDestructive == (isRunNow ? true : nil))
            #expect(definition.annotations.isIdempotent == (isRunNow ? false : nil))
        }
    }
}
