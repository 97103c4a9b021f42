/// A request that the sandbox received, as tests look at it: no token and no secret in it (D-124).
package struct RecordedRequest: Sendable {
    /// The access token of the request, by what may be known of it.
    package struct Token: Sendable {
        /// The first 12 hexadecimal digits of the token's SHA-256.
        package let digest: String
        /// The `aud` claim; `nil` when the token is no JWT.
        package let audience: String?
        /// The `uti` claim.
        package let uniqueID: String?
        /// For a Databricks token: the `uti` of the assertion that it was exchanged for.
        package let assertionID: String?
    }

    /// Something about a request that a test should not overlook.
    package enum Flag: String, Sendable, CaseIterable {
        /// A token for the server's own application reached the workspace: it was passed through (E-150, E-177).
        case inboundTokenAtWorkspace = "INBOUND_TOKEN_AT_WORKSPACE"
        /// A token for some other audience reached the workspace.
        case foreignTokenAtWorkspace = "FOREIGN_TOKEN_AT_WORKSPACE"
        /// The path is none of the five endpoints (D-01).
        case unknownEndpoint = "UNKNOWN_ENDPOINT"
        /// The service was taken down: the connection was closed without an answer.
        case serviceDown = "SERVICE_DOWN"
        /// A fault rule applied.
        case fault = "FAULT"
    }

    /// Its place in the order of arrival, from 1.
    package let sequence: Int
    /// When it arrived by the sandbox's clock, in milliseconds since 1970.
    package let milliseconds: Int64
    /// `GET`, `POST`, ...
    package let method: String
    /// The path without the query.
    package let path: String
    /// The route's name, as fault rules use it.
    package let route: String
    /// The query's pairs, decoded.
    package let query: [(name: String, value: String)]
    /// The header fields without `Authorization` and cookies; a managed identity's secret header as `sha256:` and 12 digits.
    package let headers: [(name: String, value: String)]
    /// The bearer token, if there was one.
    package let token: Token?
    /// The form's fields; secrets, assertions, codes and tokens as `sha256:` and 12 digits.
    package let form: [(name: String, value: String)]
    /// The body of a request that is no form.
    package let body: String
    /// The short name of the user for whom the request was made, as its token says.
    package let user: String?
    /// The status of the answer; 0 when the connection was closed without one.
    package internal(set) var status: Int
    /// What a test should not overlook.
    package internal(set) var flags: Set<Flag>

    /// The value of the first header field called `name`, in any case of letters.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The value of a query parameter.
    package func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
}
