internal import HTTPTransport
internal import JSON
internal import Jobs
internal import Logging
internal import MCP
internal import NIOConcurrencyHelpers
internal import TestSupport
internal import Testing

/// Nobody can hide anything in the texts of jobs and runs: not from a person, and not for a model (D-86, TC-05).
@Suite struct InvisibleTextTests {
    private static func bodies(_ text: JSONValue) -> [(tool: String, arguments: JSONValue, body: JSONValue)] {
        let state: JSONValue = [
            "life_cycle_state": "TERMINATED", "result_state": "FAILED", "state_message": text,
        ]
        let run: JSONObject = [
            "run_id": 1, "job_id": 4, "run_name": text, "creator_user_name": text, "state": state, "trigger": text,
        ]
        let tag = JSONObject([(text.string ?? "", text), ("env", "prod")])
        var detail = run
        detail["tasks"] = [["task_key": text, "run_id": 2, "state": state]]
        detail["job_parameters"] = [["name": text, "value": text]]
        return [
            (
                "list_jobs", [:],
                [
                    "jobs": [
                        [
                            "job_id": 4, "creator_user_name": text,
                            "settings": [
                                "name": text, "description": text, "tags": .object(tag),
                                "parameters": [["name": text, "default": text]],
                                "tasks": [["task_key": text, "description": text]],
                            ],
                        ]
                    ]
                ]
            ),
            ("list_runs", [:], ["runs": [.object(run)]]),
            ("get_run", ["run_id": 1], .object(detail)),
            (
                "get_run_output", ["run_id": 2],
                [
                    "error": text, "error_trace": text, "logs": text, "notebook_output": ["result": text], "info": text,
                    "sql_output": ["query_output": ["query_text": text]], "metadata": .object(run),
                ]
            ),
            ("run_now", ["job_id": 4], ["run_id": 1, "note": text]),
        ]
    }

    @Test("What nobody sees leaves in no text and no structured part, raw or escaped:", arguments: HiddenText.all)
    func tools(_ row: HiddenText) async throws {
        for (tool, arguments, body) in Self.bodies(.string(row.text)) {
            for document in [body.description, Self.escaped(body.description)] {
                let result = try await ToolBench(ScriptedTransport(document)).call(tool, arguments)
                let structured = String(decoding: result.structured, as: UTF8.self)
                for output in [result.text, structured] {
                    #expect(row.isClean(output), "\(tool)")
                }
                if tool != "run_now" { #expect(result.text.contains(row.shown), "\(tool)") }
                #expect(structured.contains(row.shown), "\(tool)")
            }
        }
    }

    @Test("Refusals and the lines of the log are as clean", arguments: HiddenText.all)
    func refusals(_ row: HiddenText) async throws {
        let lines = NIOLockedValueBox<[String]>([])
        let body: JSONValue = ["error_code": "INVALID_STATE", "message": .string(row.text)]
        var bench = try ToolBench(ScriptedTransport(body.description, status: 400))
        bench.logger = Logger(label: "tests") { _ in RecordingHandler(lines: lines) }
        let error = try await bench.failure(of: "run_now", ["job_id": 4])
        for output in [error.callerMessage, error.operatorMessage] + lines.withLockedValue({ $0 }) {
            #expect(row.isClean(output))
        }
    }

    @Test("A credential is masked although something invisible stands in its name")
    func maskedBehindInvisible() async throws {
        let body: JSONValue = [
            "runs": [
                [
                    "run_id": 1, "run_name": "pass\u{200B}word=hunter2hunter2",
                    "overriding_parameters": ["notebook_params": ["to\u{2060}ken": "hunter2hunter2"]],
                ]
            ]
        ]
        let result = try await ToolBench(ScriptedTransport(body.description)).call("list_runs")
        #expect(!result.text.contains("hunter2"))
        #expect(try !result.json.description.contains("hunter2"))
    }

    /// Every character beyond ASCII as a JSON escape.
    private static func escaped(_ json: String) -> String {
        json.utf16.reduce(into: "") { text, unit in
            if unit < 0x80 {
                text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}
