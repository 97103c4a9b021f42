internal import HTTPTypes

/// A received request as a plain value: what the handlers need, nothing of the connection.
struct SandboxRequest: Sendable {
    /// `GET`, `POST`, ...
    let method: String
    /// The path as it was sent, still percent-encoded; no path of ours needs encoding.
    let path: String
    /// The query's pairs in order, decoded; `nil` when the query is not well-formed.
    let query: [FormField]?
    let headers: HTTPFields
    let body: [UInt8]

    init(method: String, target: String, headers: HTTPFields, body: [UInt8]) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.method = method
        path = String(parts[0])
        query = parts.count > 1 ? FormField.parse(parts[1].utf8) : []
        self.headers = headers
        self.body = body
    }

    /// The values of all fields called `name`.
    func headerValues(_ name: String) -> [String] {
        guard let name = HTTPField.Name(name) else { return [] }
        return headers[values: name]
    }

    /// The value of the only field called `name`; `nil` when it is missing or repeated.
    func header(_ name: String) -> String? {
        let values = headerValues(name)
        return values.count == 1 ? values[0] : nil
    }

    /// The media type without parameters, lower case.
    var contentType: String? {
        header("Content-Type").map { value in
            String(value.prefix { $0 != ";" }.lowercased().filter { $0 != " " })
        }
    }

    /// The credential of an `Authorization: Bearer` field; `nil` when there is not exactly one field of that form.
    var bearerToken: String? {
        guard let value = header("Authorization"), value.hasPrefix("Bearer ") else { return nil }
        return String(value.dropFirst("Bearer ".count))
    }

    /// The form in the body; `nil` when it is not well-formed `application/x-www-form-urlencoded`.
    var form: [FormField]? {
        contentType == "application/x-www-form-urlencoded" ? FormField.parse(body) : nil
    }
}
