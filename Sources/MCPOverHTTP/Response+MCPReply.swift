package import Hummingbird
package import MCP
internal import NIOCore

extension Response {
    /// The protocol layer's reply on the wire; a stream is written as it comes.
    package init(_ reply: MCPReply) {
        self.init(status: reply.status, headers: reply.headers, body: ResponseBody(reply))
    }
}

extension ResponseBody {
    fileprivate init(_ reply: MCPReply) {
        if let stream = reply.stream {
            self.init(asyncSequence: stream.map { ByteBuffer(bytes: $0) })
        } else if reply.body.isEmpty {
            self.init()
        } else {
            self.init(byteBuffer: ByteBuffer(bytes: reply.body))
        }
    }
}
