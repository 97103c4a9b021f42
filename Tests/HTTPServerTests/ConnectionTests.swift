internal import Foundation
internal import HTTPServer
internal import HTTPTypes
internal import NIOCore
internal import NIOPosix
internal import TestSupport
internal import Testing

/// How connections are used and ended.
@Suite(.patient) struct ConnectionTests {
    private static let text: HTTPListener.Responder = { request in
        guard request.path == "/stream" else { return .text("hello") }
        return OutboundResponse(status: .ok, headers: [:], body: .stream(Pieces(count: 2, bytes: 3)))
    }

    @Test("HTTP/1.0 and Connection: close end the connection, which is said; HTTP/1.0 gets no chunks")
    func lastRequests() async throws {
        let rows = [
            (get("/", version: "1.0"), "hello"), (get("/", "Connection: keep-alive", version: "1.0"), "hello"),
            (get("/stream", version: "1.0"), "xxxxxx"), (get("/", "Connection: close"), "hello"),
            (get("/", "Connection: Close"), "hello"),
        ]
        try await withListener(responder: Self.text) { rig in
            for (request, body) in rows {
                let answer = try await rig.exchange(request + get("/never"))
                let response = RawResponse(headOf: answer)
                #expect(response.status == 200 && response.headers["connection"] == "close", "\(request)")
                #expect(
                    response.headers["transfer-encoding"] == nil && answer.hasSuffix("\r\n\r\n\(body)"), "\(answer)")
            }
        }
    }

    @Test(
        "A wish to upgrade is not granted: the request is answered, and nothing behind it is read",
        arguments: [
            get("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
            get("/", "Connection: Upgrade", "Upgrade: websocket"),
            "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n",
        ])
    func upgrade(request: String) async throws {
        try await withListener(responder: Self.text) { rig in
            let answer = try await rig.exchange(request + get("/") + String(repeating: "x", count: 1 << 20))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.contains("Connection: close\r\n"))
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "one answer")
        }
    }

    @Test("100 Continue comes when the body is asked for, and only then (RFC 9110 section 10.1.1)")
    func expectation() async throws {
        let responder: HTTPListener.Responder = { request in
            guard request.path == "/read" else { return OutboundResponse(status: .unauthorized) }
            let body = try? await request.body(upTo: 100)
            return .text("\(body?.count ?? -1)")
        }
        let fields = ["Expect: 100-Continue", "Content-Length: 4"].joined(separator: "\r\n")
        try await withListener(responder: responder) { rig in
            for copies in ["Expect: 100-continue, 100-continue", "Expect: 100-continue\r\nExpect: 100-continue"] {
                try await withRawConnection(to: rig.url) { connection in
                    try await connection.send(get("/read", copies, "Content-Length: 4", method: "POST"))
                    #expect(try await connection.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                }
            }
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(get("/read", fields, method: "POST"))
                #expect(try await connection.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                try await connection.send("body")
                let response = try await connection.response()
                #expect(response.body == "4" && response.headers["connection"] == nil)
                try await connection.send(get("/read", fields, method: "POST") + "body")
                #expect(try await connection.response().body == "4", "a body that has come needs no permission")
            }
            let refused = try await rig.exchange(get("/refused", fields, method: "POST"))
            #expect(refused.hasPrefix("HTTP/1.1 401 ") && refused.contains("Connection: close\r\n"))
            let old = try await rig.exchange(get("/read", fields, method: "POST", version: "1.0") + "body")
            #expect(old.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("A client that has closed its half gets its answers, and is known to have left", arguments: [1, 3])
    func halfClosed(requests: Int) async throws {
        let hasLeft = Signal()
        let responder: HTTPListener.Responder = { request in
            request.whenClientLeaves { hasLeft.fire() }
            await hasLeft.wait()
            return .text("late")
        }
        try await withListener(responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(String(repeating: get("/"), count: requests))
                try await connection.finish()
                for _ in 0..<requests { #expect(try await connection.response().body == "late") }
                #expect(await connection.rest().isEmpty)
            }
        }
    }

    @Test("A client that hangs up is known to have left, and its request goes on")
    func hangUp() async throws {
        let (hasStarted, hasLeft, isOver) = (Signal(), Signal(), Signal())
        let responder: HTTPListener.Responder = { request in
            request.whenClientLeaves { hasLeft.fire() }
            hasStarted.fire()
            await hasLeft.wait()
            if !Task.isCancelled { isOver.fire() }
            return .text("nobody reads this")
        }
        try await withListener(responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(get("/"))
                await hasStarted.wait()
                try await connection.hangUp()
            }
            await isOver.wait()
        }
    }

    @Test(
        "A body that breaks off is no body, and neither is one that turns out to be no HTTP",
        arguments: [
            get("/", "Content-Length: 10", method: "POST") + "x",
            get("/", "Transfer-Encoding: chunked", method: "POST") + "1\r\nx\r\n",
            get("/", "Transfer-Encoding: chunked", method: "POST") + "1\r\nx\r\nzz\r\n",
        ])
    func brokenBody(request: String) async throws {
        let responder: HTTPListener.Responder = { request in
            do throws(BodyFailure) {
                _ = try await request.body(upTo: 100)
                return .text("read")
            } catch {
                return .text("\(error)")
            }
        }
        try await withListener(responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(request)
                try await connection.finish()
                #expect(try await connection.response().body == "broken")
                #expect(await connection.rest().isEmpty)
            }
        }
    }

    @Test("All requests of a connection run on the executor that it got")
    func executor() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let executor = EventLoopExecutor(loop)
        let asked = Count()
        let responder: HTTPListener.Responder = { _ in
            await Task.yield()
            return .text("\(loop.inEventLoop)")
        }
        func adjust(_ configuration: inout HTTPListener.Configuration) {
            configuration.executor = {
                asked.add()
                return executor
            }
        }
        try await withListener(ConnectionLimits(), adjust, responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                for _ in 0..<3 {
                    try await connection.send(get("/"))
                    #expect(try await connection.response().body == "true")
                }
            }
        }
        #expect(asked.value == 1)
        try await group.shutdownGracefully()
    }
}
