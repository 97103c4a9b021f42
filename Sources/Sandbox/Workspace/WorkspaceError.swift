internal import JSON

/// A refusal by the workspace, in one of the shapes that it really uses (D-93).
struct WorkspaceError: Error, Sendable {
    enum Body: Sendable {
        /// `error_code` as a word.
        case service(code: String, message: String, withRequestInfo: Bool)
        /// `error_code` as a number, with `[ReqId: ...]` after the message: the front door (D-100, D-101, D-104).
        case frontDoor(message: String)
        /// A page of the old front end (D-102).
        case html(title: String)
    }

    let status: Int
    let body: Body

    static func invalidParameter(_ message: String) -> WorkspaceError {
        WorkspaceError(
            status: 400, body: .service(code: "INVALID_PARAMETER_VALUE", message: message, withRequestInfo: false))
    }

    /// A request of the wrong shape (D-90).
    static func malformed(_ message: String) -> WorkspaceError {
        WorkspaceError(
            status: 400,
            body: .service(
                code: "MALFORMED_REQUEST", message: "Could not parse request object: \(message)",
                withRequestInfo: false))
    }

    /// A limit on runs, with the status of a limit on requests (D-92b).
    static func tooManyActiveRuns(_ count: Int, limit: Int) -> WorkspaceError {
        WorkspaceError(
            status: 429,
            body: .service(
                code: "REQUEST_LIMIT_EXCEEDED",
                message: "There are already \(count) active runs (limit: \(limit)).", withRequestInfo: false))
    }

    static func unknownJob(_ id: Int64) -> WorkspaceError { .invalidParameter("Job \(id) does not exist.") }

    static func unknownRun(_ id: Int64) -> WorkspaceError { .invalidParameter("Run \(id) does not exist.") }

    /// D-98; whether the object exists is not said (D-97).
    static func permission(_ user: String, needs rights: String, jobID: Int64) -> WorkspaceError {
        WorkspaceError(
            status: 403,
            body: .service(
                code: "PERMISSION_DENIED",
                message: "User \(user) does not have \(rights) permissions on job \(jobID)", withRequestInfo: true))
    }

    static func unknownEndpoint(_ method: String, _ path: String) -> WorkspaceError {
        WorkspaceError(
            status: 404,
            body: .service(
                code: "ENDPOINT_NOT_FOUND", message: "No API found for '\(method) \(path)'", withRequestInfo: false))
    }

    static let noCredential = WorkspaceError(
        status: 401,
        body: .frontDoor(message: "Credential was not sent or was of an unsupported type for this API."))

    static let invalidToken = WorkspaceError(status: 403, body: .frontDoor(message: "Invalid access token."))

    static let notInWorkspace = WorkspaceError(status: 403, body: .frontDoor(message: "User not authorized."))

    static func foreignAudience(_ audience: String) -> WorkspaceError {
        WorkspaceError(
            status: 400,
            body: .html(
                title: "Error 400 io.jsonwebtoken.IncorrectClaimException: Expected aud claim to be: "
                    + "\(SandboxIdentity.databricksResourceID), but was: \(audience)."))
    }

    /// The answer; `requestID` appears where the real service names one.
    func reply(requestID: String, path: String) -> SandboxReply {
        switch body {
        case .service(let code, let message, let withRequestInfo):
            var members = Members(["error_code": .string(code), "message": .string(message)])
            if withRequestInfo {
                let info = Members([
                    "@type": "type.googleapis.com/google.rpc.RequestInfo", "request_id": .string(requestID),
                    "serving_data": "",
                ])
                members.add("details", .array([info.value]))
            }
            return .json(status, members.value)
        case .frontDoor(let message):
            let text = "\(message) [ReqId: \(requestID)]"
            let members = Members(["error_code": .integer(Int64(status)), "message": .string(text)])
            return .json(status, members.value).adding("X-Databricks-Reason-Phrase", text)
        case .html(let title):
            return .text(status, page(title: title, path: path), type: "text/html;charset=utf-8")
        }
    }

    private func page(title: String, path: String) -> String {
        let reason = title.split(separator: " ", maxSplits: 2).last.map(String.init) ?? title
        return """
            <html>
            <head>
            <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
            <title>\(HTMLText.shown(title))</title>
            </head>
            <body><h2>HTTP ERROR \(status)</h2>
            <p>Problem accessing \(HTMLText.shown(path)). Reason:
            <pre>    \(HTMLText.shown(reason))</pre></p>
            </body>
            </html>

            """
    }
}
