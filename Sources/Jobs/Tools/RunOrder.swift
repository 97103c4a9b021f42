internal import JSON
internal import MCP
internal import Observability

/// What a caller wants started: checked, and ready to be sent as often as it takes.
struct RunOrder: Sendable {
    /// The job to start.
    let job: JobReference
    /// Names this start: the same token never starts two runs (D-87).
    let token: IdempotencyToken
    /// The request body, the same for every try.
    let body: [UInt8]
    /// Whether it asks for a place in the job's queue.
    let isQueueing: Bool

    init(_ job: JobReference, _ parameters: RunParameters, _ token: IdempotencyToken) {
        self.job = job
        self.token = token
        isQueueing = parameters.queue == true
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("job_id")
        writer.integer(job.id)
        parameters.write(into: &writer)
        writer.key("idempotency_token")
        writer.string(token.text)
        writer.endObject()
        body = writer.bytes
    }
}

/// The name of one intended start.
struct IdempotencyToken: Sendable {
    let text: String
    /// Whether the caller left it to us (D-92c).
    let isMinted: Bool

    init(_ arguments: ToolArguments) {
        let given = arguments.string("idempotency_token").flatMap { $0.isEmpty ? nil : $0 }
        text = given ?? CorrelationID().description
        isMinted = given == nil
    }
}
