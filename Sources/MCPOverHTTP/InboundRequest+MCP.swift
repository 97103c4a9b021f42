package import HTTPServer
internal import HTTPTypes
package import MCP

extension InboundRequest {
    /// Reads the body of a POST; that of any other request is not worth reading (step 7 follows step 6).
    ///
    /// - Parameter maximumBytes: The limit.
    /// - Returns: The bytes.
    /// - Throws: ``HTTPServer/BodyFailure``.
    package func message(upTo maximumBytes: Int) async throws(BodyFailure) -> [UInt8] {
        method == .post ? try await body(upTo: maximumBytes) : []
    }

    /// The client as the protocol sees it, which leaves when the connection is closed, or the client's half of it.
    package var client: ClientPresence {
        let client = ClientPresence()
        whenClientLeaves { client.leave() }
        return client
    }
}
