internal import HTTPServer
internal import HTTPTypes

/// The edge between the HTTP server and the sandbox: requests become values, values become answers or cut connections.
struct SandboxResponder: Sendable {
    /// The Jobs API takes requests of up to 10 MB (D-13).
    private static let maximumBodyBytes = 10 * 1024 * 1024

    let sandbox: Sandbox

    /// - Returns: The answer, or `nil` when the connection is to be cut without one.
    @concurrent func respond(to request: InboundRequest) async -> OutboundResponse? {
        let body: [UInt8]
        do throws(BodyFailure) {
            body = try await request.body(upTo: Self.maximumBodyBytes)
        } catch {
            return OutboundResponse(
                status: error == .tooLarge ? .contentTooLarge : .badRequest, headers: [.connection: "close"])
        }
        let value = SandboxRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: request.headers, body: body)
        return response(await sandbox.respond(to: value))
    }

    /// An answer that is cut announces a byte that never comes, so that nobody can take it for complete.
    private func response(_ reply: SandboxReply) -> OutboundResponse? {
        var headers = HTTPFields()
        for (name, value) in reply.headers {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        if headers[.date] == nil { headers[.date] = sandbox.date }
        let status = HTTPResponse.Status(code: reply.status)
        switch reply.fate {
        case .cutBeforeHeaders: return nil
        case .whole: return OutboundResponse(status: status, headers: headers, body: reply.body)
        case .cutAfterHeaders, .cutMidBody:
            headers[.contentLength] = String(max(reply.body.count, 1))
            let part = reply.fate == .cutMidBody ? Array(reply.body.prefix(reply.body.count / 2)) : []
            let pieces = AsyncStream { continuation in
                continuation.yield(part)
                continuation.finish()
            }
            return OutboundResponse(status: status, headers: headers, body: .stream(pieces))
        }
    }
}
