/// The sentences for a failed call: what happened in plain words, and one next step (D-99).
struct FailureText {
    let kind: FailureKind
    let request: DatabricksRequest

    /// How the text starts when there was an answer.
    func lead(status: Int, code: String?) -> String {
        let source = code.map { "HTTP \(status), \($0)" } ?? "HTTP \(status)"
        switch kind {
        case .notAnAnswer, .redirect, .privateLink: return "Databricks did not answer the request (\(source)): "
        case .unavailable, .serverError: return "Databricks could not serve the request (\(source)): "
        default: return "Databricks refused the request (\(source)): "
        }
    }

    /// How the text starts when there was none.
    ///
    /// - Parameter wasSent: Whether Databricks may have got the request.
    /// - Returns: A beginning that claims no more than that.
    func leadWithoutAnswer(wasSent: Bool) -> String {
        switch kind {
        case .busy, .coolingDown: "The request was not sent to Databricks: "
        default: wasSent ? "No answer of Databricks could be read: " : "Databricks could not be asked: "
        }
    }

    /// What happened, without a full stop.
    var problem: String {
        switch kind {
        case .privateLink: "the workspace accepts connections through a private link only"
        case .redirect: "it redirected the call, and API calls are never redirected"
        case .notAnAnswer: "what came back is not an answer of the Jobs API"
        case .noSuchEndpoint: "this version of the Jobs API is not available in the workspace"
        case .throttled: "too many requests are made to the workspace"
        case .runLimit: "the workspace runs as many as it may"
        case .wrongAudience: "this server presented a token for another resource"
        case .addressBlocked: "the workspace's IP access list blocks the address of this server, not the user's"
        case .tokenRefused: "the workspace does not accept the token of \(caller)"
        case .notAMember: "\(caller) is not a member of the workspace"
        case .noWorkspaceAccess: "\(caller) has no access to the workspace"
        case .notFound: "\(request.subject.name(or: "the object")) does not exist"
        case .forbidden: "\(caller) may not \(request.action)"
        case .featureDisabled: "a feature that the request needs is switched off in the workspace"
        case .locked, .conflict: "somebody else is changing the same object"
        case .quota: "a quota of the workspace is used up"
        case .invalid: "the request is not valid"
        case .notImplemented: "the workspace does not offer this operation"
        case .unavailable: "the service is temporarily unavailable"
        case .serverError: "the service failed"
        case .unexpected: "the answer has an unexpected status"
        case .unreachable: "the connection to the workspace failed"
        case .tls: "no secure connection to the workspace could be made"
        case .timedOut: "the workspace did not answer in time"
        case .tooLarge: "the answer is larger than this server reads"
        case .notSent: "the request could not be sent"
        case .cancelled: "the call ended before the answer came"
        case .busy: "too many calls to the workspace are waiting already"
        case .coolingDown: "the workspace asked for a pause"
        }
    }

    /// One sentence that says what to do.
    func nextStep(retryAfterSeconds: Int?) -> String {
        switch kind {
        case .privateLink: "An administrator must run this server inside the workspace's private network."
        case .redirect, .notAnAnswer, .wrongAudience, .tls, .notSent:
            "An administrator of this server must check DATABRICKS_HOST and the log; trying again does not help."
        case .noSuchEndpoint, .notImplemented:
            "An administrator of this server must set DATABRICKS_API_VERSION to a version the workspace has."
        case .addressBlocked: "A workspace administrator must add the server's outgoing address to the IP access list."
        case .tokenRefused: tokenRefusedStep
        case .notAMember: "Ask a workspace administrator to add \(member) to the workspace."
        case .noWorkspaceAccess: "Ask a workspace administrator to give \(member) access to the workspace."
        case .runLimit: runLimitStep
        case .notFound: notFoundStep
        case .forbidden: forbiddenStep
        case .featureDisabled: "Ask a workspace administrator to enable it."
        case .quota: "Ask a workspace administrator to raise the quota or to clean up."
        case .invalid: invalidStep
        case .tooLarge: tooLargeStep
        case .unexpected: "Tell an administrator of this server the correlation id below."
        default: Self.later(retryAfterSeconds)
        }
    }

    /// Who was refused.
    private var caller: String {
        switch request.identity {
        case .signedInUser: "the signed-in user"
        case .servicePrincipal: "this server's service principal, which acts for applications,"
        }
    }

    private var member: String {
        switch request.identity {
        case .signedInUser: "the user"
        case .servicePrincipal: "this server's service principal"
        }
    }

    private var tokenRefusedStep: String {
        switch request.identity {
        case .signedInUser:
            "Sign in again; if that does not help, ask a workspace administrator to check the user's access."
        // A service principal that was never added is refused like this (E-91).
        case .servicePrincipal: "Ask a workspace administrator to add \(member) to the workspace."
        }
    }

    /// What a caller of this tool can ask for less of.
    private var tooLargeStep: String {
        switch request.endpoint {
        case .listJobs: "Ask for less: with a smaller limit, and without expand_tasks."
        case .listRuns: "Ask for less: with a smaller limit."
        case .getRun: "Ask for less: for one of its tasks by its run_id, and without include_resolved_values."
        case .getRunOutput: "The run's page in the workspace shows it; trying again does not help."
        case .runNow: "Look with list_runs whether the run has started; trying again does not help."
        }
    }

    private var hasPageToken: Bool { request.query.text.contains("page_token=") }

    private var invalidStep: String {
        switch request.endpoint {
        case .listJobs, .listRuns:
            hasPageToken
                ? "Correct the arguments and call again; a page_token goes with the question that it answered."
                : "Correct the arguments and call again."
        case .getRunOutput: "Check the run_id with get_run, which also lists the tasks of a run."
        case .getRun:
            hasPageToken
                ? "Check the run_id and the page_token and call again." : "Check the run_id and call again."
        case .runNow: "Correct the arguments and call again."
        }
    }

    private var runLimitStep: String {
        guard request.endpoint == .runNow else { return "Wait for a run to end, and try again." }
        return request.isQueueing
            ? "Wait for a run to end, which list_runs with active_only shows, and call again."
            : "Wait for a run to end, which list_runs with active_only shows, or turn on queueing: call again with queue "
                + "true."
    }

    private var forbiddenStep: String {
        // Without a job there is no owner to ask.
        if request.subject == .nothing { return "Ask a workspace administrator to let \(member) see jobs." }
        let permission = request.endpoint.isPost ? "CAN MANAGE RUN" : "CAN VIEW"
        switch request.identity {
        case .signedInUser: return "Ask the job owner for \(permission)."
        case .servicePrincipal: return "Ask the job owner to grant \(member) \(permission)."
        }
    }

    private var notFoundStep: String {
        let hint =
            request.isSubjectRounded
            ? " The id came as a JSON number so large that the client may have rounded it: pass it as a string." : ""
        switch request.subject {
        case .job: return "Look the job_id up with list_jobs.\(hint)"
        case .run: return "Look the run_id up with list_runs; runs are removed after 60 days.\(hint)"
        case .nothing:
            return hasPageToken
                ? "Call again without page_token."
                : "An administrator of this server must check DATABRICKS_HOST and the log."
        }
    }

    private static func later(_ seconds: Int?) -> String {
        switch seconds {
        case nil: "Try again later."
        case 0, 1: "Try again in a second."
        case let seconds?: "Try again in \(seconds) seconds."
        }
    }
}
