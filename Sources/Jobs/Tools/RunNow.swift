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
            A job that defines parameters (list_jobs shows them) takes job_parameters only; one that does not takes \
            the parameters of its kind of task. Repeat a call with the same idempotency_token: it never starts a \
            second run. On an unpaused continuous job it cancels the active run and starts another. \
            Next: get_run with the run_id and wait_seconds.
            """,
        arguments: [
            .identifier("job_id", "The job; above 2^53 as a string."),
            .string("job_name", maximumLength: 4096, "Instead of job_id: the job's whole name."),
            .stringMap("job_parameters", "Such as {\"region\": \"emea\"}."),
            .stringMap("notebook_params", "Notebook tasks: widget values."),
            .stringMap("sql_params", "SQL tasks."),
            .stringMap("python_named_params", "Wheel tasks."),
            .stringList("python_params", "Python script or wheel tasks, ASCII."),
            .stringList("jar_params", "JAR tasks. Not with notebook_params."),
            .stringList("spark_submit_params", "Spark submit tasks, ASCII."),
            .stringList("dbt_commands", maximumCount: 10, "dbt tasks, such as [\"dbt run\"]."),
            .object(
                "pipeline_params",
                [.boolean("full_refresh", "")] + RunParameters.pipelineLists.map { .stringList($0, "") },
                "Pipeline tasks: what to refresh."),
            .stringList("only", "Only these task keys; key+ adds all after it, +key all before it."),
            .boolean("queue", "Whether to wait in the queue when the job is at its limit of runs."),
            .choice(
                "performance_target", ["STANDARD", "PERFORMANCE_OPTIMIZED", "COST_OPTIMIZED"], "Serverless only."),
            .choice(
                "duration_target", ["NO_FLEXIBILITY", "4h", "12h", "24h", "72h"], "With COST_OPTIMIZED."),
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
        try arguments.checkJob(tool: definition.name, isRequired: true)
        let parameters = try RunParameters(arguments, version: client.workspace.apiVersion)
        let token = IdempotencyToken(arguments)
        var audit = RunAudit(token: token.text)
        do {
            let answer = try await start(arguments, parameters, token, &audit, in: context)
            audit.log(.started)
            return answer
        } catch {
            audit.log(RunAudit.Outcome(error))
            throw error
        }
    }

    private func start(
        _ arguments: ToolArguments, _ parameters: RunParameters, _ token: IdempotencyToken, _ audit: inout RunAudit,
        in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> ToolResult {
        audit.job = arguments.integer("job_id")
        let session = try client.session(context, to: .run)
        // To find a job by its name is to look at jobs (E-85).
        if arguments.jobName != nil { try context.caller.require(.read) }
        try Task.checkCancellation()
        guard let job = try await client.job(arguments, in: session) else { throw CancellationError() }
        audit.job = job.id
        try await client.requireRunnable(job.id, in: session)
        let order = RunOrder(job, parameters, token)
        try Task.checkCancellation()
        // Once written, the POST is never abandoned: a caller who goes away must not leave a run that nobody knows of
        // (C-03). The task is always awaited, and `session` bounds its time.
        let start = Task { try await client.start(order, in: session) }
        let answer = try await start.value
        audit.run = answer.root["run_id"]?.exactInteger
        return RunStarted(order: order, answer: answer, workspace: client.workspace).result
    }
}

extension DatabricksClient {
    /// Sends a start order.
    ///
    /// - Throws: A ``DatabricksError`` that says so when the run may exist all the same (D-118).
    nonisolated func start(_ order: RunOrder, in session: ToolSession) async throws -> DatabricksAnswer {
        var request = DatabricksRequest(
            endpoint: .runNow, body: order.body, subject: .job(order.job.id), isSubjectRounded: order.job.isRounded)
        request.isQueueing = order.isQueueing
        do {
            let answer = try await send(request, in: session)
            if answer.root["run_id"]?.exactInteger != nil { return answer }
            var error = DatabricksError(
                .notAnAnswer, to: request, wasSent: true, operatorMessage: "run-now answered without a run id")
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
            "The run may have started all the same: look with list_runs and job_id \(order.job.id), since 1h, or repeat "
            + "run_now with idempotency_token \"\(order.token.text)\", which never starts a second run."
        callerMessage += " \(step)"
        details.nextStep = step
    }
}
