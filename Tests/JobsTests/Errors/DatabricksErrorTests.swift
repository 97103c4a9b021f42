internal import HTTPTransport
internal import JSON
internal import Jobs
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.patient) struct DatabricksErrorTests {
    @Test("Classifies and explains (D-93 to D-110)", arguments: ErrorCase.all)
    func explains(_ row: ErrorCase) async throws {
        let bench = try ToolBench(ScriptedTransport(row.body, status: row.status, headers: row.headers))
        let error = try await bench.failure(of: "get_run", ["run_id": 77])

        #expect(error.kind == row.kind)
        #expect(error.details.category == row.category)
        #expect(error.details.httpStatus == row.status)
        #expect(error.details.errorCode == row.code)
        #expect(error.requestID == row.requestID)
        #expect(error.details.retryAfterSeconds == row.retryAfter)
        #expect(error.details.retryable == row.kind.isRetryable)
        #expect(error.callerMessage.contains(row.says))
        #expect(error.callerMessage.contains("HTTP \(row.status)"))
        let step = try #require(error.details.nextStep)
        #expect(error.callerMessage.contains(step))
        #expect(!error.mayHaveActed)
    }

    @Test("Never lets markup, stack frames or control characters through (P-78)", arguments: ErrorCase.all)
    func isClean(_ row: ErrorCase) async throws {
        let bench = try ToolBench(ScriptedTransport(row.body, status: row.status, headers: row.headers))
        let error = try await bench.failure(of: "get_run", ["run_id": 77])
        for text in [error.callerMessage, error.description, error.operatorMessage] {
            #expect(!text.contains("<"))
            #expect(!text.contains("secret.Frame"))
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
            #expect(text.count < 1200)
        }
        #expect(!error.callerMessage.contains("token-1"))
    }

    @Test("Every kind of answer has a row")
    func tableIsComplete() {
        let withoutAnswer: Set<FailureKind> = [
            .unreachable, .tls, .timedOut, .tooLarge, .notSent, .cancelled, .busy, .coolingDown,
        ]
        #expect(Set(ErrorCase.all.map(\.kind)).union(withoutAnswer) == Set(FailureKind.allCases))
    }

    @Test(
        "Names what the user wanted to do (D-97, D-98)",
        arguments: [
            ("list_jobs", [:], "may not list jobs. Ask a workspace administrator to let the user see jobs."),
            ("list_runs", [:], "may not list runs. Ask a workspace administrator to let the user see jobs."),
            ("list_runs", ["job_id": 4], "may not view job 4. Ask the job owner for CAN VIEW."),
            ("get_run_output", ["run_id": 77], "may not view run 77. Ask the job owner for CAN VIEW."),
            ("run_now", ["job_id": 4], "may not run job 4. Ask the job owner for CAN MANAGE RUN."),
        ] as [(String, JSONValue, String)])
    func action(_ tool: String, _ arguments: JSONValue, _ expected: String) async throws {
        let bench = try ToolBench(
            ScriptedTransport(#"{"error_code":"PERMISSION_DENIED","message":"No."}"#, status: 403))
        let error = try await bench.failure(of: tool, arguments)
        #expect(
            error.callerMessage
                == "Databricks refused the request (HTTP 403, PERMISSION_DENIED): the signed-in user \(expected) "
                + #"Databricks says: "No.""#)
    }

    @Test("Warns that a large id may have been rounded when it came as a number (D-10)")
    func rounding() async throws {
        let bench = try ToolBench(
            ScriptedTransport(
                #"{"error_code":"INVALID_PARAMETER_VALUE","message":"Run 1 does not exist"}"#, status: 400))
        let asNumber = try await bench.failure(of: "get_run", ["run_id": 9_007_199_254_740_992])
        #expect(asNumber.callerMessage.contains("pass it as a string"))
        let asString = try await bench.failure(of: "get_run", ["run_id": "9007199254740993"])
        #expect(!asString.callerMessage.contains("pass it as a string"))
    }

    @Test("A refused job id is looked up with list_jobs")
    func jobNotFound() async throws {
        let bench = try ToolBench(
            ScriptedTransport(
                #"{"error_code":"INVALID_PARAMETER_VALUE","message":"Job 4 does not exist."}"#, status: 400))
        let error = try await bench.failure(of: "run_now", ["job_id": 4])
        #expect(error.details.category == .notFound)
        #expect(error.details.nextStep == "Look the job_id up with list_jobs.")
    }

    @Test(
        "Explains why there was no answer",
        arguments: [
            (TransportError.Kind.dns, FailureKind.unreachable, ErrorDetails.Category.unavailable),
            (.connect, .unreachable, .unavailable), (.connectTimeout, .unreachable, .unavailable),
            (.cutOff, .unreachable, .unavailable), (.protocolViolation, .unreachable, .unavailable),
            (.shuttingDown, .unreachable, .unavailable), (.timeout, .timedOut, .unavailable),
            (.tls, .tls, .configuration), (.responseTooLarge, .tooLarge, .internal),
            (.invalidRequest, .notSent, .internal), (.internalFailure, .notSent, .internal),
        ])
    func noAnswer(_ cause: TransportError.Kind, _ kind: FailureKind, _ category: ErrorDetails.Category) async throws {
        let leads = [false: "Databricks could not be asked: ", true: "No answer of Databricks could be read: "]
        for (wasSent, lead) in leads {
            let bench = try ToolBench(ScriptedTransport([.failure(cause, sent: wasSent)]))
            let error = try await bench.failure(of: "list_jobs")
            #expect(error.kind == kind)
            #expect(error.details.category == category)
            #expect(error.details.httpStatus == nil)
            #expect(error.callerMessage.hasPrefix(lead))
            #expect(error.operatorMessage.contains(cause.rawValue))
        }
    }

    @Test("Prints the caller's text by default and the operator's on demand")
    func descriptions() async throws {
        let bench = try ToolBench(ScriptedTransport("boom", status: 500))
        let error = try await bench.failure(of: "list_jobs")
        #expect("\(error)" == error.callerMessage)
        #expect(String(reflecting: error) == error.operatorMessage)
        #expect(error.operatorMessage == "list answered 500 - (unparsed): boom")
    }
}
