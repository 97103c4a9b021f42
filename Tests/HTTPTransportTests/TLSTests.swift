internal import Foundation
internal import HTTPTransport
internal import TestSupport
internal import Testing

@Suite("CurlTransport: TLS", .patient)
struct TLSTests {
    @Test("Trusts the authorities in the CA file")
    func privateAuthority() async throws {
        let response = try await withTLSServer(.valid) { server in
            try await CurlTransport(TransportConfiguration(caFile: server.caFile))
                .send(HTTPRequest(url: server.url, timeout: Patience.long))
        }

        #expect(response.status == 200)
        #expect(response.timings.tls > .zero)
    }

    @Test("Trusts nobody else: neither a private authority nor, beside the CA file, the system's")
    func otherAuthority() async throws {
        let errors = try await withTLSServer(.valid) { server in
            try await withTLSServer(.valid) { other in
                let request = HTTPRequest(url: server.url + "/path?query", timeout: Patience.long)
                return [
                    try await failure(of: request),
                    try await failure(
                        of: request, on: CurlTransport(TransportConfiguration(caFile: other.caFile))),
                ]
            }
        }

        for error in errors {
            #expect(error.kind == .tls)
            #expect(!error.requestWasSent)
            #expect(error.detail.contains("certificate"))
            #expect(!error.detail.contains("query"))
        }
    }

    @Test("Refuses a certificate that is", arguments: [TLSServer.Certificate.expired, .forAnotherHost])
    func badCertificates(certificate: TLSServer.Certificate) async throws {
        let error = try await withTLSServer(certificate) { server in
            try await failure(
                of: HTTPRequest(url: server.url, timeout: Patience.long),
                on: CurlTransport(TransportConfiguration(caFile: server.caFile)))
        }

        #expect(error.kind == .tls)
        #expect(!error.requestWasSent)
    }

    @Test("Refuses TLS 1.1")
    func oldVersion() async throws {
        let error = try await withTLSServer(.valid, options: ["-www", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]) {
            server in
            try await failure(
                of: HTTPRequest(url: server.url, timeout: Patience.long),
                on: CurlTransport(TransportConfiguration(caFile: server.caFile)))
        }

        #expect(error.kind == .tls)
    }

    @Test("Speaks TLS 1.2 as well")
    func version12() async throws {
        let response = try await withTLSServer(.valid, options: ["-www", "-tls1_2"]) { server in
            try await CurlTransport(TransportConfiguration(caFile: server.caFile))
                .send(HTTPRequest(url: server.url, timeout: Patience.long))
        }

        #expect(response.status == 200)
    }

    @Test("Says so when the CA file cannot be read")
    func missingFile() async throws {
        let error = try await withTLSServer(.valid) { server in
            try await failure(
                of: HTTPRequest(url: server.url, timeout: Patience.long),
                on: CurlTransport(TransportConfiguration(caFile: server.caFile + ".missing")))
        }

        #expect(error.kind == .tls)
        #expect(!error.requestWasSent)
    }

    @Test("A server that does not speak TLS is a failure of TLS")
    func plainServer() async throws {
        let error = try await withScriptedServer { connection in
            try await connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        } _: { server in
            try await failure(of: HTTPRequest(url: "https://127.0.0.1:\(server.port)/", timeout: Patience.long))
        }

        #expect(error.kind == .tls)
        #expect(!error.requestWasSent)
    }
}
