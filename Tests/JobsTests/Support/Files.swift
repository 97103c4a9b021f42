internal import Foundation
internal import JSON
internal import Testing

/// Files beside the tests: what the service sends, and what we make of it.
enum TestFile {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// An answer of the Jobs API, from the folder `Fixtures`.
    static func fixture(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "Fixtures/\(name).json"), encoding: .utf8)
    }

    static func snapshot(_ name: String) -> URL { folder.appending(path: "Snapshots/\(name)") }
}

/// Compares with a committed file; `UPDATE_SNAPSHOTS=1 swift test` writes the file instead, on purpose.
func expectSnapshot(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = TestFile.snapshot(name)
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
        try (text + "\n").write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    #expect(text + "\n" == expected, "differs from Snapshots/\(name)", sourceLocation: sourceLocation)
}

/// Compares JSON with a committed file by meaning: the order of members does not matter.
func expectSnapshot(_ value: JSONValue, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = TestFile.snapshot(name)
    if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
        try (value.indented() + "\n").write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try JSONValue.parse(try String(contentsOf: file, encoding: .utf8))
    #expect(value == expected, "differs from Snapshots/\(name)", sourceLocation: sourceLocation)
}

extension JSONValue {
    /// The value as people read it in a review: a member per line, small values on one.
    func indented(_ depth: Int = 0) -> String {
        let compact = description
        guard compact.count > 100 else { return compact }
        let inner = String(repeating: "  ", count: depth + 1)
        let outer = String(repeating: "  ", count: depth)
        switch self {
        case .array(let elements):
            return "[\n" + elements.map { inner + $0.indented(depth + 1) }.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let object):
            let members = object.members.map { name, value in
                "\(inner)\(JSONValue.string(name)): \(value.indented(depth + 1))"
            }
            return "{\n" + members.joined(separator: ",\n") + "\n\(outer)}"
        default: return compact
        }
    }
}
