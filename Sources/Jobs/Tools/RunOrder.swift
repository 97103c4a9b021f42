internal import JSON
internal import MCP
internal import Observability

/// What a caller wants started: checked, and ready to be sent as often as it takes.
struct RunOrder: Sendable {
    /// The job to start.
    let job: Int64
    /// Whether the job id may have lost digits on its way to us (D-10).
    let isJobRounded: Bool
    /// Names this start: the same token never starts two runs (D-87).
    let token: String
    /// Whether the caller left the token to us (D-92c).
    let isTokenMinted: Bool
    /// The request body, the same for every try.
    let body: [UInt8]

    /// Bytes of one parameter field as JSON (D-87).
    private static let fieldLimit = 10_000

    init(_ arguments: ToolArguments) throws {
        job = arguments.integer("job_id") ?? 0
        isJobRounded = arguments.mayBeRounded("job_id")
        let given = arguments.string("idempotency_token").flatMap { $0.isEmpty ? nil : $0 }
        token = given ?? CorrelationID().description
        isTokenMinted = given == nil
        let parameters = Parameters(arguments)
        try parameters.check()
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.key("job_id")
        writer.integer(job)
        parameters.write(into: &writer)
        writer.key("idempotency_token")
        writer.string(token)
        writer.endObject()
        body = writer.bytes
    }

    /// The parameter fields that were given and are not empty.
    private struct Parameters {
        var job: [(name: String, value: String)] = []
        var notebook: [(name: String, value: String)] = []
        var python: [String] = []

        init(_ arguments: ToolArguments) {
            job = arguments.stringMap("job_parameters") ?? []
            notebook = arguments.stringMap("notebook_params") ?? []
            python = arguments.stringList("python_params") ?? []
        }

        /// Combinations that the service would refuse, or worse, take halfway (D-87, D-89).
        func check() throws {
            guard job.isEmpty || notebook.isEmpty && python.isEmpty else {
                throw ArgumentConflict(
                    tool: "run_now", problem: "job_parameters excludes notebook_params and python_params",
                    fix: "For a job that defines parameters pass only job_parameters, such as "
                        + "{\"job_id\": 1, \"job_parameters\": {\"region\": \"emea\"}}.")
            }
            guard python.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) else {
                throw ArgumentConflict(
                    tool: "run_now", problem: "python_params must be ASCII", fix: "Encode other characters yourself.")
            }
            try checkSize("notebook_params", of: size { map(notebook, into: &$0) })
            try checkSize("python_params", of: size { list(into: &$0) })
        }

        private func checkSize(_ name: String, of size: Int) throws {
            guard size > RunOrder.fieldLimit else { return }
            throw ArgumentConflict(
                tool: "run_now", problem: "\(name) has \(size) bytes as JSON, more than \(RunOrder.fieldLimit)",
                fix: "Put large values into a file or table and pass its name.")
        }

        func write(into writer: inout JSONWriter) {
            if !job.isEmpty {
                writer.key("job_parameters")
                map(job, into: &writer)
            }
            if !notebook.isEmpty {
                writer.key("notebook_params")
                map(notebook, into: &writer)
            }
            if !python.isEmpty {
                writer.key("python_params")
                list(into: &writer)
            }
        }

        private func map(_ values: [(name: String, value: String)], into writer: inout JSONWriter) {
            writer.beginObject()
            for (name, value) in values {
                writer.key(name)
                writer.string(value)
            }
            writer.endObject()
        }

        private func list(into writer: inout JSONWriter) {
            writer.beginArray()
            for value in python { writer.string(value) }
            writer.endArray()
        }

        private func size(_ write: (inout JSONWriter) -> Void) -> Int {
            var writer = JSONWriter()
            write(&writer)
            return writer.bytes.count
        }
    }
}
