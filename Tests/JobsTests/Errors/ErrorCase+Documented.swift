internal import HTTPTransport
internal import Jobs
internal import Observability

extension ErrorCase {
    /// Bodies that were seen in the field, word for word.
    static let documented = [
        ErrorCase(
            testDescription: "a limit that is too large (D-44)", status: 400,
            body: """
                {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid limit 27 - it has to be no more than 26."}
                """,
            kind: .invalid, category: .invalidArgument, code: "INVALID_PARAMETER_VALUE",
            says: "it has to be no more than 26"),
        ErrorCase(
            testDescription: "an offset that is too large (D-45)", status: 400,
            body: """
                {"error_code":"INVALID_PARAMETER_VALUE","message":"The supplied offset 10020 has exceeded the value of \
                10000 allowed for this parameter.Please use the page_token parameter to paginate"}
                """,
            kind: .invalid, category: .invalidArgument, code: "INVALID_PARAMETER_VALUE", says: "page_token parameter"),
        ErrorCase(
            testDescription: "the output of several tasks (D-77)", status: 400,
            body: """
                {"error_code":"INVALID_PARAMETER_VALUE","message":"Retrieving the output of runs with multiple tasks is \
                not supported. Please retrieve the output of each individual task run instead."}
                """,
            kind: .invalid, category: .invalidArgument, code: "INVALID_PARAMETER_VALUE"),
        ErrorCase(
            testDescription: "a field of the wrong shape (D-90)", status: 400,
            body: """
                {"error_code":"MALFORMED_REQUEST","message":"Could not parse request object: Expected object for field \
                'notebook_params', found STRING"}
                """,
            kind: .invalid, category: .invalidArgument, code: "MALFORMED_REQUEST",
            says: "Expected object for field 'notebook_params'"),
        ErrorCase(
            testDescription: "the workspace's limit of running tasks (D-92b)", status: 429,
            body: #"{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"Too many running tasks in this workspace."}"#,
            kind: .runLimit, category: .rateLimited, code: "REQUEST_LIMIT_EXCEEDED",
            says: "the workspace runs as many as it may"),
        ErrorCase(
            testDescription: "the workspace's limit of active runs (D-92b)", status: 429,
            headers: ["Retry-After": "120"],
            body: #"{"error_code":"QUOTA_EXCEEDED","message":"There are already 5 active runs (limit: 5)."}"#,
            kind: .runLimit, category: .rateLimited, code: "QUOTA_EXCEEDED", says: "Wait for a run to end"),
        ErrorCase(
            testDescription: "a limit of runs that calls itself the refusal of a request (D-92b)", status: 429,
            body: #"{"error_code":"RESOURCE_EXHAUSTED","message":"The request exceeds the limit of active runs."}"#,
            kind: .runLimit, category: .rateLimited, code: "RESOURCE_EXHAUSTED"),
        ErrorCase(
            testDescription: "a rate limit that names the runs that were asked for", status: 429,
            body: #"{"error_code":"RESOURCE_EXHAUSTED","message":"Too many active run requests: limit is 20/s."}"#,
            kind: .throttled, category: .rateLimited, code: "RESOURCE_EXHAUSTED"),
        ErrorCase(
            testDescription: "a workspace that is closed to the user (D-106)", status: 403,
            body: #"{"error_code":"PERMISSION_DENIED","message":"User is not authorized to access this workspace."}"#,
            kind: .noWorkspaceAccess, category: .permission, code: "PERMISSION_DENIED",
            says: "Ask a workspace administrator to give the user access to the workspace."),
        ErrorCase(
            testDescription: "a missing entitlement (D-106)", status: 403,
            body:
                #"{"error_code":403,"message":"This API requires the workspace-access entitlement. [ReqId: 5b0f2c8e-0000-4000-8000-00000000a11e]"}"#,
            kind: .noWorkspaceAccess, category: .permission, requestID: "5b0f2c8e-0000-4000-8000-00000000a11e"),
        ErrorCase(
            testDescription: "a refusal behind a success", status: 200,
            body: #"{"error_code":"PERMISSION_DENIED","message":"No."}"#, kind: .forbidden, category: .permission,
            code: "PERMISSION_DENIED"),
        ErrorCase(
            testDescription: "wrong arguments behind a success", status: 200,
            body: #"{"error_code":"INVALID_PARAMETER_VALUE","message":"Bad."}"#, kind: .invalid,
            category: .invalidArgument, code: "INVALID_PARAMETER_VALUE"),
        ErrorCase(
            testDescription: "trouble behind a success", status: 200,
            body: #"{"error_code":"INTERNAL_ERROR","message":"Oops."}"#, kind: .serverError, category: .internal,
            code: "INTERNAL_ERROR"),
        ErrorCase(
            testDescription: "concurrent requests without a code (D-95)", status: 429,
            body: #"{"message":"Workspace 123 exceeded the concurrent limit of 20 requests."}"#,
            kind: .throttled, category: .rateLimited, says: "concurrent limit of 20 requests"),
        ErrorCase(
            testDescription: "a service that takes too long, as 500 (D-95)", status: 500,
            body: """
                {"error_code":"TEMPORARILY_UNAVAILABLE","message":"The service is taking too long to process your \
                request. Please try again later or try a faster operation. [TraceId: -]"}
                """,
            kind: .unavailable, category: .unavailable, code: "TEMPORARILY_UNAVAILABLE",
            says: "try a faster operation."),
        ErrorCase(
            testDescription: "an unknown job (D-96)", status: 400,
            body: #"{"error_code":"INVALID_PARAMETER_VALUE","message":"Job 4 does not exist."}"#, kind: .notFound,
            category: .notFound, code: "INVALID_PARAMETER_VALUE"),
        ErrorCase(
            testDescription: "an unknown run in the words of a newer service (D-96)", status: 404,
            body: #"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run: 77 in job: 4 doesn't exist"}"#,
            kind: .notFound, category: .notFound, code: "RESOURCE_DOES_NOT_EXIST"),
        ErrorCase(
            testDescription: "not in the workspace, as JSON (D-103)", status: 403,
            body: #"{"error_code":"PERMISSION_DENIED","message":"User not authorized."}"#, kind: .notAMember,
            category: .permission, code: "PERMISSION_DENIED", says: "add the user to the workspace"),
        ErrorCase(
            testDescription: "no workspace access (D-106)", status: 403,
            body: #"{"error_code":"PERMISSION_DENIED","message":"This user lacks the workspace-access entitlement."}"#,
            kind: .noWorkspaceAccess, category: .permission, code: "PERMISSION_DENIED",
            says: "workspace-access entitlement"),
        ErrorCase(
            testDescription: "an expired token, 401 (D-107)", status: 401,
            body: #"{"error_code":401,"message":"Token is expired."}"#, kind: .tokenRefused, category: .auth,
            says: "Sign in again"),
        ErrorCase(
            testDescription: "an expired token, 403 (D-107)", status: 403,
            body: #"{"error_code":403,"message":"Invalid access token."}"#, kind: .tokenRefused, category: .auth),
        ErrorCase(
            testDescription: "a switched-off feature, 404 (D-95)", status: 404,
            body: #"{"error_code":"FEATURE_DISABLED","message":"Jobs are disabled."}"#, kind: .featureDisabled,
            category: .configuration, code: "FEATURE_DISABLED", says: "Ask a workspace administrator to enable it."),
        ErrorCase(
            testDescription: "a code that nobody knows (D-07)", status: 400,
            body: #"{"error_code":"CARBON_BUDGET_EXCEEDED","message":"Plant a tree."}"#, kind: .invalid,
            category: .invalidArgument, code: "CARBON_BUDGET_EXCEEDED", says: "Plant a tree."),
        ErrorCase(
            testDescription: "a credential in a message (P-82)", status: 400,
            body: #"{"message":"Cannot use https://etl:hunter2@git.example/x with password=hunter2"}"#, kind: .invalid,
            category: .invalidArgument, says: "https://etl:[masked]@git.example/x with password=[masked]"),
    ]
}
