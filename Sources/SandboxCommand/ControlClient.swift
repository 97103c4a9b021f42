internal import Glibc
internal import HTTPTransport
internal import JSON

/// Calls the control API of a sandbox that runs.
struct ControlClient: Sendable {
    let url: String

    /// Posts to a path below `/_control`.
    ///
    /// - Returns: The answer.
    /// - Throws: ``CommandFailure`` with the sandbox's own words, or when none answers.
    func post(_ path: String, _ body: JSONValue) async throws -> JSONValue {
        let request = HTTPRequest(
            method: .post, url: "\(url)/_control/\(path)", headers: ["Content-Type": "application/json"],
            body: body.serialized, timeout: .seconds(10), usesProxy: false)
        let answer: JSONValue
        do {
            answer = try JSONValue.parse(try await CurlTransport().send(request).body)
        } catch let error as TransportError {
            throw CommandFailure(
                "No sandbox answers at \(url) (\(error.kind.rawValue)). Start one: databricks-sandbox serve")
        } catch is JSONError {
            throw CommandFailure("\(url) is not a sandbox.")
        }
        if case .string(let message) = answer["error"] { throw CommandFailure(message) }
        return answer
    }
}

/// `path` from the root, as another process needs it.
func absolutePath(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    guard let folder = unsafe getcwd(nil, 0) else { return path }
    defer { unsafe free(folder) }
    return unsafe "\(String(cString: folder))/\(path)"
}
