internal import HTTPTransport
internal import NIOCore
internal import NIOPosix
internal import TestSupport
internal import Testing

@Suite("CurlTransport: bounds in time, and cancellation", .patient)
struct DeadlineTests {
    @Test(
        "Gives up when the time is over",
        arguments: Sender.allCases,
        ["", "HTTP/1.1 200 OK\r\nX-A:", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"])
    func timeout(sender: Sender, after bytes: String) async throws {
        let closed = Signal()

        let error = try await withScriptedServer { connection in
            defer { closed.fire() }
            _ = try await connection.readRequest()
            try await connection.write(bytes)
            try await connection.waitForEnd()
        } _: { server in
            let error = try await failure(
                of: HTTPRequest(url: server.url, timeout: .seconds(1)), on: sender.transport())
            await closed.wait()
            return error
        }

        #expect(error.kind == .timeout)
        #expect(error.requestWasSent)
    }

    @Test("Gives up when a connection does not come about in the time for it", arguments: Sender.allCases)
    func connectTimeout(sender: Sender) async throws {
        let error = try await withFullListener { port in
            try await failure(
                of: HTTPRequest(
                    url: "http://127.0.0.1:\(port)/", timeout: Patience.long, connectTimeout: .milliseconds(100)),
                on: sender.transport())
        }

        #expect(error.kind == .connectTimeout)
        #expect(!error.requestWasSent)
    }

    @Test("The whole time bounds the connecting, too", arguments: Sender.allCases)
    func timeoutWhileConnecting(sender: Sender) async throws {
        let error = try await withFullListener { port in
            try await failure(
                of: HTTPRequest(
                    url: "http://127.0.0.1:\(port)/", timeout: .milliseconds(100), connectTimeout: Patience.long),
                on: sender.transport())
        }

        #expect(error.kind == .timeout)
        #expect(!error.requestWasSent)
    }

    @Test("A request with no time left is not sent", arguments: Sender.allCases, [Duration.zero, .seconds(-1)])
    func noTimeLeft(sender: Sender, timeout: Duration) async throws {
        let (error, connections) = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            (
                try await failure(of: HTTPRequest(url: server.url, timeout: timeout), on: sender.transport()),
                server.connectionCount
            )
        }

        #expect(error.kind == .timeout)
        #expect(!error.requestWasSent)
        #expect(connections == 0)
    }

    @Test("The time runs while a request waits for a connection, too", arguments: Sender.allCases)
    func timeoutWhileWaiting(sender: Sender) async throws {
        let transport = sender.transport(TransportConfiguration(maximumConnectionsPerHost: 1))
        let occupied = Signal()

        let (error, requests) = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            occupied.fire()
            try await connection.waitForEnd()
        } _: { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await transport.send(HTTPRequest(url: server.url, timeout: Patience.long)) }
                await occupied.wait()
                let error = try await failure(
                    of: HTTPRequest(url: server.url, timeout: .milliseconds(100)), on: transport)
                group.cancelAll()
                return (error, server.requests.count)
            }
        }

        #expect(error.kind == .timeout)
        #expect(!error.requestWasSent)
        #expect(requests == 1)
    }

    @Test("Cancelling the caller closes the connection", arguments: Sender.allCases)
    func cancellation(sender: Sender) async throws {
        let arrived = Signal()
        let closed = Signal()

        let outcome = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            arrived.fire()
            defer { closed.fire() }
            try await connection.waitForEnd()
        } _: { server in
            let task = Task { try await sender.transport().send(HTTPRequest(url: server.url, timeout: Patience.long)) }
            await arrived.wait()
            task.cancel()
            task.cancel()
            await closed.wait()
            return await task.result
        }

        let error = #expect(throws: TransportError.self) { try outcome.get() }
        #expect(error?.kind == .cancelled)
        #expect(error?.requestWasSent == true)
    }

    @Test("A cancelled caller sends nothing", arguments: Sender.allCases)
    func cancelledBefore(sender: Sender) async throws {
        let (outcome, connections) = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            let task = Task {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return try await sender.transport().send(HTTPRequest(url: server.url, timeout: Patience.long))
            }
            return (await task.result, server.connectionCount)
        }

        let error = #expect(throws: TransportError.self) { try outcome.get() }
        #expect(error?.kind == .cancelled)
        #expect(error?.requestWasSent == false)
        #expect(connections == 0)
    }

    @Test(
        "A connection that is freed by a cancellation goes to the request that waits for it", arguments: Sender.allCases
    )
    func cancellationFreesConnection(sender: Sender) async throws {
        let transport = sender.transport(TransportConfiguration(maximumConnectionsPerHost: 1))
        let occupied = Signal()

        let response = try await withScriptedServer { connection in
            if try await connection.readRequest()?.target == "/slow" {
                occupied.fire()
                try await connection.waitForEnd()
            } else {
                try await connection.answer("ok")
            }
        } _: { server in
            let slow = Task { try await transport.send(HTTPRequest(url: server.url + "/slow", timeout: Patience.long)) }
            await occupied.wait()
            async let waiting = transport.send(HTTPRequest(url: server.url + "/fast", timeout: Patience.long))
            slow.cancel()
            return try await waiting
        }

        #expect(response.body == Array("ok".utf8))
    }

    @Test("Cancelling at any moment leaves the transport usable", arguments: Sender.allCases)
    func cancellationAtAnyMoment(sender: Sender) async throws {
        let transport = sender.transport(TransportConfiguration(maximumConnectionsPerHost: 4))

        let response = try await withScriptedServer { connection in
            try await connection.answerAll { _ in "ok" }
        } _: { server in
            let request = HTTPRequest(url: server.url, timeout: Patience.long)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 { group.addTask { _ = try? await transport.send(request) } }
                // Some are done, some are under way, most have not begun.
                for _ in 0..<20 { await group.next() }
                group.cancelAll()
            }
            return try await transport.send(request)
        }

        #expect(response.body == Array("ok".utf8))
    }
}

@Suite("CurlTransport: running and stopping", .patient)
struct RunTests {
    @Test("Ends when its task is cancelled, and fails what is under way", arguments: Sender.allCases)
    func stops(sender: Sender) async throws {
        let transport = CurlTransport()
        let arrived = Signal()

        let (underWay, later) = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            arrived.fire()
            try await connection.waitForEnd()
        } _: { server in
            let request = HTTPRequest(url: server.url, timeout: Patience.long)
            let running = Task { await transport.run() }
            async let underWay = failure(of: request, on: sender.on(transport))
            await arrived.wait()
            running.cancel()
            await running.value
            return (try await underWay, try await failure(of: request, on: sender.on(transport)))
        }

        #expect(underWay.kind == .shuttingDown)
        #expect(underWay.requestWasSent)
        #expect(later.kind == .shuttingDown)
        #expect(!later.requestWasSent)
    }

    @Test("Goes away with its last reference, used or not", arguments: Sender.allCases, [0, 3])
    func goesAway(sender: Sender, requests: Int) async throws {
        weak var observed: CurlTransport?
        try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            let transport = CurlTransport()
            observed = transport
            for _ in 0..<requests {
                _ = try await sender.on(transport).send(HTTPRequest(url: server.url, timeout: Patience.long))
            }
        }

        #expect(observed == nil)
    }
}

/// Runs `body` beside a listener whose queue is full, so that the kernel ignores further attempts to connect.
private func withFullListener<R>(_ body: (_ port: Int) async throws -> R) async throws -> R {
    let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.backlog, value: 0)
        .serverChannelOption(.autoRead, value: false)
        .bind(host: "127.0.0.1", port: 0).get()
    var queued: [any Channel] = [listener]
    let port = listener.localAddress?.port ?? 0
    let client = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connectTimeout(.milliseconds(300))
    while queued.count < 16, let next = try? await client.connect(host: "127.0.0.1", port: port).get() {
        queued.append(next)
    }
    let result = try await body(port)
    // Closing the listener has closed what waited in its queue.
    for channel in queued { try? await channel.close().get() }
    return result
}
