internal import JSON

/// The tools of one server, in the order in which they are listed (TL-02).
struct ToolRegistry<Caller: Sendable>: Sendable {
    /// A tool and its definition, read once.
    struct Entry: Sendable {
        let tool: any Tool<Caller>
        let definition: ToolDefinition
    }

    private let entries: [Entry]

    /// - Precondition: Names are valid and different (TL-04); a tool that cannot be called is a mistake in the program.
    init(_ tools: [any Tool<Caller>]) {
        entries = tools.map { Entry(tool: $0, definition: $0.definition) }
        precondition(Set(entries.map(\.definition.name)).count == entries.count, "two tools have the same name")
        precondition(entries.allSatisfy { Self.isValid($0.definition.name) }, "a tool has an invalid name")
    }

    var definitions: [ToolDefinition] { entries.map(\.definition) }

    var listing: [JSONValue] { entries.map(\.definition.listing) }

    /// The tool that a request names.
    func entry(named name: JSONElement) -> Entry? { entries.first { name.isString($0.definition.name) } }

    private static func isValid(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
