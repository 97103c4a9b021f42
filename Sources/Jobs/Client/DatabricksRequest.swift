/// One call to the Jobs API: what goes over the wire and what error texts need to know about it.
struct DatabricksRequest: Sendable, Equatable {
    /// The object that a call is about.
    enum Subject: Sendable, Equatable {
        case nothing
        case job(Int64)
        case run(Int64)

        func name(or fallback: String) -> String {
            switch self {
            case .nothing: fallback
            case .job(let id): "job \(id)"
            case .run(let id): "run \(id)"
            }
        }
    }

    let endpoint: Endpoint
    var query = QueryString()
    /// The JSON body of a POST.
    var body: [UInt8]?
    var subject = Subject.nothing
    /// Whether the subject's id may have lost digits in a client before it came here (D-10).
    var isSubjectRounded = false
    /// Whether it asks for a place in the job's queue.
    var isQueueing = false
    /// As whom it is made.
    var identity = WorkspaceIdentity.signedInUser

    /// What the caller wants to do, as the end of "the user may not …".
    var action: String {
        switch endpoint {
        case .runNow: "run \(subject.name(or: "this job"))"
        case .listJobs: "list jobs"
        case .listRuns: subject == .nothing ? "list runs" : "view \(subject.name(or: "them"))"
        case .getRun, .getRunOutput: "view \(subject.name(or: "this run"))"
        }
    }
}
