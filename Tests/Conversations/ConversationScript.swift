internal import Foundation
internal import JSON
internal import TestSupport

/// One question of a person, the calls an assistant would make, and what it must learn from the answers.
struct ConversationScript: Sendable {
    /// One tool call.
    struct Call: Sendable {
        let tool: String
        let arguments: JSONValue
        /// Paths into the structured content whose values later calls use as `$name`.
        let keep: [(name: String, path: String)]
        /// The category of the error that must come; `unknown_tool` for a protocol error.
        let error: String?
    }

    let question: String
    let user: String
    /// Settings of the server, beside those that attach it to the sandbox.
    let settings: [String: String]
    let calls: [Call]
    /// What the texts of all answers together must contain.
    let facts: [String]
    /// What neither text nor structured content may contain.
    let absent: [String]
    /// Paths, each beginning with the number of a call, that must have one value.
    let same: [String]

    /// All scripts of `conversations.json`.
    static func all() throws -> [ConversationScript] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "conversations.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        return try JSONValue.parse(text).array?.map(ConversationScript.init) ?? []
    }

    private init(_ json: JSONValue) {
        question = json["question"]?.text ?? ""
        user = json["user"]?.text ?? "alice"
        settings = Dictionary(uniqueKeysWithValues: Self.pairs(json["settings"]))
        calls = json["calls"]?.array?.map(Call.init) ?? []
        facts = json["facts"]?.array?.compactMap(\.text) ?? []
        absent = json["absent"]?.array?.compactMap(\.text) ?? []
        same = json["same"]?.array?.compactMap(\.text) ?? []
    }

    fileprivate static func pairs(_ json: JSONValue?) -> [(String, String)] {
        guard case .object(let object)? = json else { return [] }
        return object.members.compactMap { member in member.value.text.map { (member.name, $0) } }
    }
}

extension ConversationScript.Call {
    fileprivate init(_ json: JSONValue) {
        tool = json["tool"]?.text ?? ""
        arguments = json["arguments"] ?? [:]
        keep = ConversationScript.pairs(json["keep"]).map { (name: $0.0, path: $0.1) }
        error = json["error"]?.text
    }
}

extension JSONValue {
    /// The value at a path: names, positions, and `name=value` for the element that has such a member.
    func value(at path: String) -> JSONValue? {
        path.split(separator: ".").reduce(self as JSONValue?) { value, step in
            if let position = Int(step) { return value?.element(position) }
            let parts = step.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return value?[String(step)] }
            return value?.array?.first { $0[parts[0]]?.text == parts[1] }
        }
    }

    /// The value with `$name` replaced by what was kept under that name.
    func filledIn(from kept: [String: JSONValue]) -> JSONValue {
        switch self {
        case .string(let text) where text.hasPrefix("$"): kept[String(text.dropFirst())] ?? self
        case .object(let object):
            .object(JSONObject(object.members.map { ($0.name, $0.value.filledIn(from: kept)) }))
        case .array(let elements): .array(elements.map { $0.filledIn(from: kept) })
        default: self
        }
    }
}
