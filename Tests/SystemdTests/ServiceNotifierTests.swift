internal import Glibc
internal import Systemd
internal import TestSupport
internal import Testing

/// libsystemd reads the environment; each test sets it in a process of its own (Y-04).
@Suite(.patient) struct ServiceNotifierTests {
    @Test("Says what the service manager understands")
    func messages() async {
        await #expect(processExitsWith: .success) {
            let path = socketPath()
            let manager = try DatagramSocket(path: path)
            unsafe setenv("NOTIFY_SOCKET", path, 1)
            let notifier = ServiceNotifier()

            #expect(notifier.ready() == .sent)
            #expect(try manager.receiveText() == "READY=1")
            #expect(notifier.status("Serving on port 8000") == .sent)
            #expect(try manager.receiveText() == "STATUS=Serving on port 8000")
            #expect(notifier.alive() == .sent)
            #expect(try manager.receiveText() == "WATCHDOG=1")
            #expect(notifier.stopping() == .sent)
            #expect(try manager.receiveText() == "STOPPING=1")
            #expect(notifier.extendTimeout(by: .seconds(65)) == .sent)
            #expect(try manager.receiveText() == "EXTEND_TIMEOUT_USEC=65000000")
        }
    }

    @Test("Says when a reload has begun, by the clock that the manager compares with (Type=notify-reload)")
    func reloading() async {
        await #expect(processExitsWith: .success) {
            let path = socketPath()
            let manager = try DatagramSocket(path: path)
            unsafe setenv("NOTIFY_SOCKET", path, 1)

            var before = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &before)
            #expect(ServiceNotifier().reloading() == .sent)

            let lines = try manager.receiveText().split(separator: "\n")
            #expect(lines.first == "RELOADING=1")
            let time = try #require(lines.last.flatMap { Int($0.dropFirst("MONOTONIC_USEC=".count)) })
            #expect(time >= before.tv_sec * 1_000_000 + before.tv_nsec / 1_000)
            #expect(time < (before.tv_sec + 60) * 1_000_000)
        }
    }

    @Test("A status cannot smuggle in a second message")
    func statusIsOneLine() async {
        await #expect(processExitsWith: .success) {
            let path = socketPath()
            let manager = try DatagramSocket(path: path)
            unsafe setenv("NOTIFY_SOCKET", path, 1)

            ServiceNotifier().status("one\nSTOPPING=1\r\ntwo\u{2028}three")

            #expect(try manager.receiveText() == "STATUS=one STOPPING=1 two three")
        }
    }

    @Test("Is silent without a service manager")
    func silent() async {
        await #expect(processExitsWith: .success) {
            unsafe unsetenv("NOTIFY_SOCKET")

            #expect(!ServiceNotifier().hasManager)
            #expect(ServiceNotifier().ready() == .noManager)
            #expect(ServiceNotifier().status("x") == .noManager)
        }
    }

    @Test("Says so when the service manager has gone")
    func gone() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("NOTIFY_SOCKET", socketPath(), 1)

            #expect(ServiceNotifier().ready() == .failed(ENOENT))
        }
    }
}

@Suite(.patient) struct WatchdogTests {
    @Test("Exists only when the service manager wants signs of life from this process")
    func existence() async {
        await #expect(processExitsWith: .success) {
            unsafe unsetenv("WATCHDOG_USEC")
            unsafe unsetenv("WATCHDOG_PID")
            #expect(Watchdog() == nil)

            unsafe setenv("WATCHDOG_USEC", "30000000", 1)
            #expect(Watchdog()?.limit == .seconds(30))

            unsafe setenv("WATCHDOG_PID", "\(getpid())", 1)
            #expect(Watchdog()?.limit == .seconds(30))

            unsafe setenv("WATCHDOG_PID", "1", 1)
            #expect(Watchdog() == nil)
        }
    }

    @Test("Gives signs of life again and again, until it is cancelled")
    func signs() async {
        await #expect(processExitsWith: .success) {
            let path = socketPath()
            let manager = try DatagramSocket(path: path)
            unsafe setenv("NOTIFY_SOCKET", path, 1)
            unsafe setenv("WATCHDOG_USEC", "20000", 1)
            let watchdog = try #require(Watchdog())

            let running = Task { await watchdog.run() }
            for _ in 0..<3 { #expect(try manager.receiveText() == "WATCHDOG=1") }
            running.cancel()
            await running.value
        }
    }

    @Test("Is silent while the process is not well")
    func unwell() async {
        await #expect(processExitsWith: .success) {
            let path = socketPath()
            let manager = try DatagramSocket(path: path)
            unsafe setenv("NOTIFY_SOCKET", path, 1)
            unsafe setenv("WATCHDOG_USEC", "20000", 1)
            let watchdog = try #require(Watchdog())

            let (asked, continuation) = AsyncStream<Void>.makeStream()
            let running = Task {
                await watchdog.run {
                    continuation.yield()
                    return false
                }
            }
            var questions = asked.makeAsyncIterator()
            for _ in 0..<3 { await questions.next() }
            running.cancel()
            await running.value
            ServiceNotifier().stopping()

            #expect(try manager.receiveText() == "STOPPING=1")
        }
    }
}
