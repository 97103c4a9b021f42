internal import Foundation
internal import HTTPTransport
internal import TestSupport
internal import Testing

/// libcurl reads the environment for each request; each test changes it in a process of its own.
@Suite("CurlTransport: proxies from the environment", .patient)
struct ProxyTests {
    @Test("Sends http through http_proxy, except where no_proxy or the request say otherwise")
    func plain() async {
        await #expect(processExitsWith: .success) {
            try await withScriptedServer { connection in
                try await connection.answerAll { "proxied \($0.target)" }
            } _: { proxy in
                try await withScriptedServer { connection in
                    try await connection.answerAll { _ in "direct" }
                } _: { server in
                    unsafe setenv("http_proxy", proxy.url, 1)
                    let url = server.url + "/path"
                    for transport in Sender.allCases.map({ $0.transport() }) {
                        unsafe unsetenv("no_proxy")
                        let proxied = try await transport.send(HTTPRequest(url: url, timeout: Patience.long))
                        #expect(String(decoding: proxied.body, as: UTF8.self) == "proxied \(url)")

                        let bypassing = HTTPRequest(url: url, timeout: Patience.long, usesProxy: false)
                        #expect(try await transport.send(bypassing).body == Array("direct".utf8))
                        #expect(
                            try await transport.send(HTTPRequest(url: url, timeout: Patience.long)).body == proxied.body
                        )

                        unsafe setenv("no_proxy", "127.0.0.1", 1)
                        let excepted = try await transport.send(HTTPRequest(url: url, timeout: Patience.long))
                        #expect(excepted.body == Array("direct".utf8))
                    }
                }
            }
        }
    }

    @Test("Asks https_proxy to CONNECT; a refusal is a failure to connect")
    func tunnel() async {
        await #expect(processExitsWith: .success) {
            try await withScriptedServer { connection in
                _ = try await connection.readRequest()
                try await connection.answer("", status: "403 Forbidden", fields: "X-Note: word\r\n")
            } _: { proxy in
                unsafe setenv("https_proxy", proxy.url, 1)

                for sender in Sender.allCases {
                    let error = try await failure(
                        of: HTTPRequest(url: "https://127.0.0.1:1/a", timeout: Patience.long), on: sender.transport())

                    #expect(error.kind == .connect)
                    #expect(!error.detail.contains("word"))
                    #expect(!error.requestWasSent || sender == .transfer)
                }
                #expect(
                    proxy.requests.map { $0.lines[0] } == Array(repeating: "CONNECT 127.0.0.1:1 HTTP/1.1", count: 2))
            }
        }
    }

    @Test("Does not quote the password of a proxy that it cannot use")
    func password() async {
        await #expect(processExitsWith: .success) {
            for proxy in [
                "http://user:word@127.0.0.1:1", "gopher://user:word@127.0.0.1", "http://user:word@127.0.0.1:x",
            ] {
                unsafe setenv("http_proxy", proxy, 1)

                for url in ["http://127.0.0.1:1/a", "https://127.0.0.1:1/a"] {
                    unsafe setenv("https_proxy", proxy, 1)
                    for sender in Sender.allCases {
                        let error = try await failure(
                            of: HTTPRequest(url: url, timeout: Patience.long), on: sender.transport())

                        #expect([.connect, .dns].contains(error.kind))
                        #expect(!error.requestWasSent)
                        #expect(!error.detail.contains("word"))
                    }
                }
            }
        }
    }
}
