internal import Foundation
internal import HTTPTransport
internal import TestSupport
internal import Testing

@Suite("CurlTransport: TLS", .patient)
struct TLSTests {
    @Test("Trusts the authorities in the CA file", arguments: Sender.allCases)
    func privateAuthority(sender: Sender) async throws {
        let response = try await withTLSServer(.valid) { server in
            try await sender.transport(TransportConfiguration(caFile: server.caFile))
                .send(HTTPRequest(url: server.url, timeout: Patience.long, connectTimeout: Patience.long))
        }

        #expect(response.status == 200)
        #expect(response.timings.tls > .zero)
    }

    @Test(
        "Trusts nobody else: neither a private authority nor, beside the CA file, the system's",
        arguments: Sender.allCases)
    func otherAuthority(sender: Sender) async throws {
        let errors = try await withTLSServer(.valid) { server in
            try await withTLSServer(.valid) { other in
                let request = HTTPRequest(
                    url: server.url + "/path?query", timeout: Patience.long, connectTimeout: Patience.long)
                return [
                    try await failure(of: request, on: sender.transport()),
                    try await failure(
                        of: request, on: sender.transport(TransportConfiguration(caFile: other.caFile))),
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

    @Test(
        "Refuses a certificate that is", arguments: Sender.allCases, [TLSServer.Certificate.expired, .forAnotherHost])
    func badCertificates(sender: Sender, certificate: TLSServer.Certificate) async throws {
        let error = try await withTLSServer(certificate) { server in
            try await failure(
                of: HTTPRequest(url: server.url, timeout: Patience.long, connectTimeout: Patience.long),
                on: sender.transport(TransportConfiguration(caFile: server.caFile)))
        }

        #expect(error.kind == .tls)
        #expect(!error.requestWasSent)
    }

    @Test("Refuses TLS 1.1", arguments: Sender.allCases)
    func oldVersion(sender: Sender) async throws {
        let error = try await withTLSServer(.valid, options: ["-www", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]) {
            server in
            try await failure(
                of: HTTPRequest(url: server.url, timeout: Patience.long, connectTimeout: Patience.long),
                on: sender.transport(TransportConfiguration(caFile: server.caFile)))
        }

        #expect(error.kind == .tls)
    }

    @Test("Speaks TLS 1.2 as well", arguments: Sender.allCases)
    func version12(sender: Sender) async throws {
        let response = try await withTLSServer(.valid, options: ["-www", "-tls1_2"]) { server in
            try await sender.transport(TransportConfiguration(caFile: server.caFile))
                .send(HTTPRequest(url: server.url, timeout: Patience.long, connectTimeout: Patience.long))
        }

        #expect(response.status == 200)
    }

    @Test("A further connection takes up the session of the one before", arguments: Sender.allCases)
    func session(sender: Sender) async throws {
        // The server's page says whether the session is new; it closes the connection after it.
        let pages = try await withTLSServer(.valid) { server in
            let transport = sender.transport(TransportConfiguration(caFile: server.caFile))
            let request = HTTPRequest(url: server.url, timeout: Patience.long, connectTimeout: Patience.long)
            return [try await transport.send(request).body, try await transport.send(request).body]
        }

        #expect(pages.map { String(decoding: $0, as: UTF8.self).contains("Reused, TLSv1.3") } == [false, true])
    }

    @Test("Says so when the CA file cannot be read", arguments: Sender.allCases)
    func missingFile(sender: Sender) async throws {
        let error = try await withTLSServer(.valid) { server in
            try await failure(
                of: HTTPRequest(url: server.url, timeout: Patience.long, connectTimeout: Patience.long),
                on: sender.transport(TransportConfiguration(caFile: server.caFile + ".missing")))
        }

        #expect(error.kind == .tls)
        #expect(!error.requestWasSent)
    }

    @Test("A server that does not speak TLS is a failure of TLS", arguments: Sender.allCases)
    func plainServer(sender: Sender) async throws {
        let error = try await withScriptedServer { connection in
            try await connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
        } _: { server in
            try await failure(
                of: HTTPRequest(
                    url: "https://127.0.0.1:\(server.port)/", timeout: Patience.long, connectTimeout: Patience.long),
                on: sender.transport()
            )
        }

        #expect(error.kind == .tls)
        #expect(!error.requestWasSent)
    }
}
