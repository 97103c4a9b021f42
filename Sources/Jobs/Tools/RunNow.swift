internal import JSON
internal import MCP
internal import Observability

/// `run_now`: starts a job, once, whatever the network does (D-87 to D-92, P-75).
struct RunNow: Tool {
    let client: DatabricksClient
    let definition = ToolDefinition(
        name: "run_now",
        title: "Run job now",
        description: """
            Starts a job and answers at once with the run_id, before the run begins. \
            Use job_parameters for a job that defines parameters, notebook_params or python_params only for one that \
            does not. Pass the same idempotency_token when repeating a call: it never starts a second run. \
            On an unpaused continuous job it cancels the active run and starts another. \
            Next: get_run with the run_id.
            """,
        arguments: [
            .identifier("job_id", required: true, "The job."),
            .stringMap("job_parameters", "Values for parameters the job defines, such as {\"region\": \"emea\"}."),
            .stringMap("notebook_params", "Widget values for notebook tasks, at most 10000 bytes as JSON."),
            .stringList("python_params", "Arguments for Python script tasks, ASCII."),
            .string("idempotency_token", maximumLength: 64, "Names this start; made up when absent, and returned."),
        ],
        outputSchema: ResultSchema.object(
            [
                ("run_id", ResultSchema.id), ("job_id", ResultSchema.id), ("idempotency_token", ResultSchema.text),
                ("run_page_url", ResultSchema.text),
            ], required: ["run_id", "job_id", "idempotency_token"]),
        annotations: ToolAnnotations(isReadOnly: false, isDestructive: true, isIdempotent: false, isOpenWorld: true))

    func call(
        _ arguments: ToolArguments, in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> ToolResult {
        let order = try RunOrder(arguments)
        let session = try client.session(context, to: .run)
        try Task.checkCancellation()
        // Once written, the POST is never abandoned: a caller who goes away must not leave a run that nobody knows of
        // (C-03). The task is always awaited, and `session` bounds its time.
        let start = Task { try await client.start(order, in: session) }
        let answer = try await start.value
        return RunStarted(order: order, answer: answer, workspace: client.workspace).result
    }
}

extension DatabricksClient {
    /// Sends a start order.
    ///
    /// - Throws: A ``DatabricksError`` that says so when the run may exist all the same (D-118).
    nonisolated func start(_ order: RunOrder, in session: ToolSession) async throws -> DatabricksAnswer {
        let request = DatabricksRequest(
            endpoint: .runNow, body: order.body, subject: .job(order.job), isSubjectRounded: order.isJobRounded)
        do {
            let answer = try await send(request, in: session)
            if answer.root["run_id"]?.exactInteger != nil { return answer }
            var error = DatabricksError(.notAnAnswer, to: request, operatorMessage: "run-now answered without a run id")
            error.mayHaveActed = true
            throw error
        } catch var error as DatabricksError where error.mayHaveActed {
            error.addDoubt(about: order)
            throw error
        }
    }
}

extension DatabricksError {
    /// Says that the run may have started, and how to find out without starting another one.
    fileprivate mutating func addDoubt(about order: RunOrder) {
        let step =
            "The run may have started all the same: look with list_runs and job_id \(order.job), or repeat run_now "
            + "with idempotency_token \"\(order.token)\", which never starts a second run."
        callerMessage += " \(step)"
        details.nextStep = step
    }
}
