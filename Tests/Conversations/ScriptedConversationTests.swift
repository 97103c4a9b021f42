internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// Realistic questions, answered by the real server over HTTP with the sandbox behind it: every fact that the answer
/// needs is in the text that a model sees, and every result conforms to the schema that its tool declares (K-11, P-81).
@Suite(.serialized, .patient) struct ScriptedConversationTests {
    @Test("There are thirty questions at least, each with facts to be learnt, and every tool is used")
    func coverage() throws {
        let scripts = try ConversationScript.all()
        #expect(scripts.count >= 30)
        #expect(Set(scripts.map(\.question)).count == scripts.count)
        #expect(scripts.allSatisfy { !$0.facts.isEmpty && !$0.calls.isEmpty })
        let tools = Set(scripts.flatMap { $0.calls.map(\.tool) })
        #expect(tools == ["list_jobs", "list_runs", "get_run", "get_run_output", "run_now"])
        // Two calls are enough for the question that matters most.
        #expect(scripts.first?.calls.count == 2)
    }

    @Test("Every question is answered by the calls an assistant would make")
    func conversations() async throws {
        let scripts = try ConversationScript.all()
        for settings in Set(scripts.map(\.settings)) {
            let configuration = SandboxConfiguration(runPace: .milliseconds(1))
            try await withDeployment(settings, sandbox: configuration) { deployment in
                let schemas = try await Self.schemas(deployment.client(user: "alice"))
                for script in scripts where script.settings == settings {
                    try await Self.play(script, on: deployment.client(user: script.user), schemas)
                }
                #expect(deployment.sandbox.requests.allSatisfy { !$0.flags.contains(.unknownEndpoint) })
            }
        }
    }

    /// The output schemas as the server declares them.
    private static func schemas(_ client: MCPTestClient) async throws -> [String: JSONValue] {
        let tools = try await client.modern("tools/list").result?["tools"]?.array ?? []
        return Dictionary(uniqueKeysWithValues: tools.map { ($0["name"]?.text ?? "", $0["outputSchema"] ?? [:]) })
    }

    private static func play(
        _ script: ConversationScript, on client: MCPTestClient, _ schemas: [String: JSONValue]
    ) async throws {
        var kept: [String: JSONValue] = [:]
        var answers: [JSONValue] = []
        var text = ""
        for call in script.calls {
            let answer = try await client.call(call.tool, call.arguments.filledIn(from: kept))
            text += "\n" + (answer.text ?? answer.json?["error"]?["message"]?.text ?? "")
            answers.append(answer.structured ?? .null)
            let comment: Comment = "\(script.question) / \(call.tool): \(text.suffix(600))"
            #expect(errorCategory(of: answer) == call.error, comment)
            if let structured = answer.structured, let schema = schemas[call.tool] {
                #expect(JSONSchemaCheck.violations(of: structured, against: schema) == [], comment)
                #expect(structured.serialized.count + (answer.text ?? "").utf8.count <= 16 << 10, comment)
            }
            for (name, path) in call.keep {
                kept[name] = answer.structured?.value(at: path)
                #expect(kept[name] != nil, "\(path) is missing. \(comment)")
            }
        }
        let everything = text + answers.map(\.description).joined()
        for fact in script.facts {
            #expect(text.contains(fact), "\(script.question) lacks \(fact): \(text.prefix(1500))")
        }
        for secret in script.absent { #expect(!everything.contains(secret), "\(script.question) has \(secret)") }
        let values = script.same.map { JSONValue.array(answers).value(at: $0) }
        #expect(Set(values).count <= 1, "\(script.question)")
    }

    private static func errorCategory(of answer: MCPTestClient.Answer) -> String? {
        if answer.json?["error"] != nil { return "unknown_tool" }
        guard answer.isToolError else { return nil }
        return answer.result?["_meta"]?["databricks-jobs-mcp/error"]?["category"]?.text ?? "?"
    }
}
