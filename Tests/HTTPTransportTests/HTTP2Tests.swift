internal import HTTPTransport
internal import TestSupport
internal import Testing

@Suite("CurlTransport: HTTP/2", .patient)
struct HTTP2Tests {
    @Test("Speaks HTTP/2 to a server that chooses it in the TLS handshake")
    func negotiates() async throws {
        let response = try await withTLSServer(.valid, options: ["-alpn", "h2"]) { server in
            let transport = CurlTransport(TransportConfiguration(caFile: server.caFile))
            let request = HTTPRequest(url: server.url, timeout: Patience.long)
            async let response = transport.send(request)
            try await server.waitFor("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            // RFC 9113, section 4.1: length, type, flags, stream, payload.
            try await server.send(
                [0, 0, 0, 4, 0, 0, 0, 0, 0]  // SETTINGS
                    + [0, 0, 0, 4, 1, 0, 0, 0, 0]  // SETTINGS, acknowledged
                    + [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88]  // HEADERS, complete: ":status: 200", RFC 7541 appendix A
                    + [0, 0, 2, 0, 1, 0, 0, 0, 1] + Array("ok".utf8))  // DATA, the last
            return try await response
        }

        #expect(response.status == 200)
        #expect(response.body == Array("ok".utf8))
    }
}
