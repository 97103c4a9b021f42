internal import HTTPTransport
internal import NIOConcurrencyHelpers
internal import TestSupport
internal import Testing

@Suite("Worker: tasks and their requests on one thread", .patient)
struct WorkerTests {
    @Test("An answer comes back on the worker that sent the request", arguments: [1, 3])
    func sameWorker(count: Int) async throws {
        let transport = CurlTransport(workers: count)

        let isAtHome = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<count {
                    let worker = transport.workers.next()
                    group.addTask(executorPreference: worker) {
                        let before = worker.isCurrent
                        _ = try await transport.send(HTTPRequest(url: server.url, timeout: Patience.long))
                        return before && worker.isCurrent
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }

        #expect(isAtHome == Array(repeating: true, count: count))
        #expect(transport.workers.current == nil)
    }

    @Test("An actor without an executor of its own works on its caller's worker, a request's child tasks too")
    func actors() async throws {
        let transport = CurlTransport(workers: 2)
        let worker = transport.workers.next()

        let places = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            let asker = Asker(transport: transport, url: server.url)
            return try await Task(executorPreference: worker) {
                async let child = asker.ask(on: worker)
                return try await child + [worker.isCurrent]
            }.value
        }

        #expect(places == [true, true, true])
    }

    @Test("Many tasks on one worker each get their own answer")
    func manyTasks() async throws {
        let transport = CurlTransport(TransportConfiguration(maximumConnectionsPerHost: 8))
        let worker = transport.workers.next()

        let (answers, connections) = try await withScriptedServer { connection in
            try await connection.answerAll { "answer to \($0.target)" }
        } _: { server in
            let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<500 {
                    group.addTask(executorPreference: worker) {
                        let request = HTTPRequest(url: server.url + "/\(number)", timeout: Patience.long)
                        let body = try await transport.send(request).body
                        #expect(worker.isCurrent)
                        return (number, String(decoding: body, as: UTF8.self))
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            return (answers, server.connectionCount)
        }

        #expect(answers.count == 500)
        #expect(answers.allSatisfy { $0.value == "answer to /\($0.key)" })
        #expect(connections <= 8)
    }

    @Test("The bound on connections is one on all workers together")
    func connectionsOfAllWorkers() async throws {
        let transport = CurlTransport(TransportConfiguration(maximumConnectionsPerHost: 6), workers: 3)

        let connections = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<300 {
                    group.addTask {
                        _ = try await transport.send(HTTPRequest(url: server.url, timeout: Patience.long))
                    }
                }
                try await group.waitForAll()
            }
            return server.connectionCount
        }

        #expect(connections <= 6)
    }

    @Test("A cancellation from another thread reaches the transfer of a task on a worker")
    func cancellation() async throws {
        let transport = CurlTransport()
        let worker = transport.workers.next()
        let (arrived, closed) = (Signal(), Signal())

        let outcome = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            arrived.fire()
            defer { closed.fire() }
            try await connection.waitForEnd()
        } _: { server in
            let task = Task(executorPreference: worker) {
                try await transport.send(HTTPRequest(url: server.url, timeout: Patience.long))
            }
            await arrived.wait()
            task.cancel()
            await closed.wait()
            return await task.result
        }

        let error = #expect(throws: TransportError.self) { try outcome.get() }
        #expect(error?.kind == .cancelled)
        #expect(error?.requestWasSent == true)
    }

    @Test("Stopping fails what is under way on every worker, and tasks still run there")
    func stops() async throws {
        let transport = CurlTransport(workers: 3)
        let arrivals = NIOLockedValueBox(0)
        let allArrived = Signal()

        let kinds = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            if arrivals.withLockedValue({
                $0 += 1; return $0
            }) == 6 {
                allArrived.fire()
            }
            try await connection.waitForEnd()
        } _: { server in
            let running = Task { await transport.run() }
            return await withTaskGroup(of: TransportError.Kind?.self) { group in
                for _ in 0..<6 {
                    let worker = transport.workers.next()
                    group.addTask(executorPreference: worker) {
                        let request = HTTPRequest(url: server.url, timeout: Patience.long)
                        let kind = await failureKind(of: request, on: transport)
                        #expect(worker.isCurrent)
                        return await failureKind(of: request, on: transport) == kind ? kind : nil
                    }
                }
                await allArrived.wait()
                running.cancel()
                return await group.reduce(into: []) { $0.append($1) }
            }
        }

        #expect(kinds == Array(repeating: .shuttingDown, count: 6))
    }

    @Test("Tasks that never rest keep no answer from arriving")
    func fairness() async throws {
        let transport = CurlTransport()
        let worker = transport.workers.next()

        let status = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 {
                    group.addTask(executorPreference: worker) {
                        while !Task.isCancelled { await Task.yield() }
                        return 0
                    }
                }
                group.addTask {
                    try await transport.send(HTTPRequest(url: server.url, timeout: Patience.long)).status
                }
                defer { group.cancelAll() }
                return try await group.next()
            }
        }

        #expect(status == 200)
    }

    @Test("A worker serves its tasks to the end when its transport is gone")
    func outlivesTransport() async {
        let (gone, released) = (Signal(), Signal())
        let worker = CurlTransport().workers.next()

        let task = Task(executorPreference: worker) {
            gone.fire()
            await released.wait()
            return worker.isCurrent
        }
        await gone.wait()
        released.fire()

        #expect(await task.value)
    }
}

/// Asks from inside an actor and says where it was before and after.
private actor Asker {
    private let transport: CurlTransport
    private let url: String

    init(transport: CurlTransport, url: String) {
        self.transport = transport
        self.url = url
    }

    func ask(on worker: Worker) async throws -> [Bool] {
        let before = worker.isCurrent
        _ = try await transport.send(HTTPRequest(url: url, timeout: Patience.long))
        return [before, worker.isCurrent]
    }
}

private func failureKind(of request: HTTPRequest, on transport: CurlTransport) async -> TransportError.Kind? {
    do throws(TransportError) {
        _ = try await transport.send(request)
        return nil
    } catch {
        return error.kind
    }
}
