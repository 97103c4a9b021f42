internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// What a handler may know about the connection: enough to cut it.
struct SandboxRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}

/// The edge between Hummingbird and the sandbox: requests become values, values become answers or cut connections.
struct SandboxResponder: HTTPResponder {
    typealias Context = SandboxRequestContext

    /// The Jobs API takes requests of up to 10 MB (D-13).
    private static let maximumBodyBytes = 10 * 1024 * 1024

    let sandbox: Sandbox

    func respond(to request: Request, context: SandboxRequestContext) async throws -> Response {
        guard let body = try? await request.body.collect(upTo: Self.maximumBodyBytes) else {
            return Response(status: .contentTooLarge, headers: [.connection: "close"])
        }
        let value = SandboxRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: request.headers,
            body: Array(body.readableBytesView))
        let reply = await sandbox.respond(to: value)
        return try await response(for: reply, channel: context.channel)
    }

    private func response(for reply: SandboxReply, channel: any Channel) async throws -> Response {
        var headers = HTTPFields()
        for (name, value) in reply.headers {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        let status = HTTPTypes.HTTPResponse.Status(code: reply.status)
        switch reply.fate {
        case .whole:
            return Response(
                status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
        case .cutBeforeHeaders:
            try? await channel.close()
            throw ConnectionCut()
        case .cutAfterHeaders, .cutMidBody:
            let part = reply.fate == .cutMidBody ? Array(reply.body.prefix(reply.body.count / 2)) : []
            // At least one byte is announced that never comes, so that the client cannot take the answer for complete.
            headers[.contentLength] = String(max(reply.body.count, 1))
            return Response(
                status: status, headers: headers,
                body: ResponseBody { writer in
                    if !part.isEmpty { try await writer.write(ByteBuffer(bytes: part)) }
                    try await channel.close()
                    throw ConnectionCut()
                })
        }
    }
}

/// The connection was closed on purpose; nothing can be sent any more.
private struct ConnectionCut: Error {}
