internal import Foundation
internal import HTTPServer
internal import HTTPTypes
internal import Logging
internal import NIOCore
internal import TestSupport
internal import Testing

/// How a listener ends.
@Suite(.patient) struct ShutdownTests {
    @Test("In an orderly stop what has come is answered, idle connections are closed, and nobody else is let in")
    func orderly() async throws {
        let (hasStarted, mayEnd) = (Signal(), Signal())
        let responder: HTTPListener.Responder = { request in
            hasStarted.fire()
            if request.path == "/slow" { await mayEnd.wait() }
            return .text(request.path)
        }
        try await withListener(responder: responder) { rig in
            try await withRawConnection(to: rig.url) { idle in
                try await withRawConnection(to: rig.url) { busy in
                    try await busy.send(get("/slow") + get("/behind"))
                    await hasStarted.wait()
                    await rig.shutDown()
                    #expect(await idle.rest().isEmpty)
                    // The system may still have let it in when the listener's own socket was not closed yet.
                    let late = try? await rig.exchange(get("/late"))
                    #expect(late ?? "" == "")
                    mayEnd.fire()
                    #expect(try await busy.response().body == "/slow")
                    #expect(try await busy.response().body == "/behind")
                    #expect(await busy.rest().isEmpty)
                }
            }
        }
    }

    @Test(
        "An answer that closes is the last one; one that closes for now, once what has come is answered; both say so",
        arguments: [(false, 1), (true, 2)])
    func announced(isForNow: Bool, count: Int) async throws {
        let responder: HTTPListener.Responder = {
            var response = OutboundResponse.text($0.path)
            if isForNow { response.isLastForNow = true } else { response.headers[.connection] = "close" }
            return response
        }
        try await withListener(responder: responder) { rig in
            let answer = try await rig.exchange(get("/a") + get("/b"))
            #expect(answer.hasSuffix(count == 1 ? "/a" : "/b"))
            for text in ["HTTP/1.1 200", "Connection: close\r\n"] {
                #expect(answer.components(separatedBy: text).count == count + 1, "\(answer)")
            }
        }
    }

    @Test("A cancelled listener closes its connections, cancels what is being answered, and waits for that")
    func cancelled() async throws {
        let (hasStarted, isOver) = (Signal(), Count())
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let responder: HTTPListener.Responder = { _ in
            hasStarted.fire()
            // Ends by cancellation only.
            try? await Task.sleep(for: .seconds(3_600))
            isOver.add()
            return .text("")
        }
        let listener = HTTPListener(
            .address(host: "127.0.0.1", port: 0), logger: Logger(label: "test"),
            onOpen: { continuation.yield($0.localAddress?.port ?? 0) }, responder: responder)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await listener.run() }
            let port = await ports.first { _ in true } ?? 0
            try await withRawConnection(to: "http://127.0.0.1:\(port)") { connection in
                try await connection.send(get("/"))
                await hasStarted.wait()
                group.cancelAll()
                #expect(await connection.rest().isEmpty)
            }
            try await group.waitForAll()
            #expect(isOver.value == 1)
        }
    }

    @Test("An address that is taken is an error of the system")
    func taken() async throws {
        try await withListener(responder: { _ in nil }) { rig in
            let port = rig.url.split(separator: ":").last.flatMap { Int($0) } ?? 0
            let second = HTTPListener(
                .address(host: "127.0.0.1", port: port), logger: Logger(label: "test"), responder: { _ in nil })
            let error = await #expect(throws: IOError.self) { try await second.run() }
            #expect(error?.errnoCode == EADDRINUSE)
        }
    }
}
