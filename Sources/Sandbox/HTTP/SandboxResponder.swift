internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// The edge between the HTTP server and the sandbox: requests become values, values become answers or cut connections.
struct SandboxResponder: Sendable {
    /// The Jobs API takes requests of up to 10 MB (D-13).
    private static let maximumBodyBytes = 10 * 1024 * 1024

    let sandbox: Sandbox

    @concurrent func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel)
        async throws
    {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.maximumBodyBytes)
        } catch is NIOTooManyBytesError {
            return try await writer.writeResponse(
                HTTPTypes.HTTPResponse(status: .contentTooLarge, headerFields: [.connection: "close"]))
        }
        let value = SandboxRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: request.headers,
            body: Array(body.readableBytesView))
        let reply = await sandbox.respond(to: value)
        try await send(reply, writer, channel)
    }

    @concurrent private func send(
        _ reply: SandboxReply, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        guard reply.fate != .cutBeforeHeaders else {
            try? await channel.close()
            throw ConnectionCut()
        }
        let head = head(of: reply)
        guard reply.fate != .whole else {
            return try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
        }
        let part = reply.fate == .cutMidBody ? Array(reply.body.prefix(reply.body.count / 2)) : []
        var body = try await writer.writeHead(head)
        if !part.isEmpty { try await body.write(ByteBuffer(bytes: part)) }
        try await channel.close()
        throw ConnectionCut()
    }

    private func head(of reply: SandboxReply) -> HTTPTypes.HTTPResponse {
        var headers = HTTPFields()
        for (name, value) in reply.headers {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        if headers[.date] == nil { headers[.date] = sandbox.date }
        // When the answer is cut, a byte is announced that never comes, so that nobody can take it for complete.
        let length = reply.fate == .whole ? reply.body.count : max(reply.body.count, 1)
        headers[.contentLength] = String(length)
        return HTTPTypes.HTTPResponse(status: .init(code: reply.status), headerFields: headers)
    }
}

/// The connection was closed on purpose; nothing can be sent any more.
private struct ConnectionCut: Error {}
