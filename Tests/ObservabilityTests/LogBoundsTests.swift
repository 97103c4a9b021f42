internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability
internal import Testing

/// Blocks until it is opened, like a full pipe, then refuses all it gets if it is told to.
private final class SlowSink: LogSink {
    private let isOpen = ConditionLock(value: false)
    private let stored = NIOLockedValueBox<[LogRecord]>([])
    private let loses: Bool
    var records: [LogRecord] { stored.withLockedValue { $0 } }

    init(loses: Bool = false) { self.loses = loses }

    func open() {
        isOpen.lock()
        isOpen.unlock(withValue: true)
    }

    func write(_ records: [LogRecord]) -> Int {
        isOpen.lock(whenValue: true)
        isOpen.unlock()
        stored.withLockedValue { $0 += records }
        return loses ? records.count : 0
    }
}

@Suite struct LogBoundsTests {
    private func record(_ message: String, _ fields: [(key: String, value: String)] = []) -> LogRecord {
        LogRecord(
            time: 0, level: .info, message: message, module: "t", fields: fields, file: "", function: "", line: 0)
    }

    @Test("A record within the limit stays as it is")
    func short() {
        let record = record("x", [(key: "a", value: String(repeating: "y", count: 200_000))]).bounded()

        #expect(record.fields.map(\.value.utf8.count) == [200_000])
    }

    @Test("What makes a record too long is cut between characters, visibly, and the short texts stay")
    func long() throws {
        let long = String(repeating: "ä", count: 300_000)
        let record = record("x", [(key: "a", value: "short"), (key: "b", value: long)]).bounded()

        #expect(record.message == "x" && record.fields[0].value == "short")
        let cut = record.fields[1].value
        #expect(cut.hasSuffix("ä…") && cut.utf8.count > 100_000)
        #expect(record.fields.map(\.key) == ["a", "b", "log.cut.bytes"])
        let whole = "x".utf8.count + 2 + "short".utf8.count + long.utf8.count
        let rest = record.message.utf8.count + 2 + "short".utf8.count + cut.utf8.count
        #expect(record.fields[2].value == "\(whole - rest)")
        #expect(record.fields.reduce(1) { $0 + $1.key.utf8.count + $1.value.utf8.count } <= LogRecord.maximumBytes)
    }

    @Test("Many fields cannot add up to more", arguments: [3, 100, 5_000])
    func many(count: Int) {
        let fields = (0..<count).map { (key: "key.\($0)", value: String(repeating: "v", count: 100_000)) }
        let record = record(String(repeating: "m", count: 100_000), fields).bounded()

        #expect(
            record.fields.reduce(record.message.utf8.count) { $0 + $1.key.utf8.count + $1.value.utf8.count }
                <= LogRecord.maximumBytes)
        #expect(record.fields.last?.key == "log.cut.bytes")
    }

    @Test("The queue is bounded in bytes too; what is lost is reported")
    func bytes() {
        let sink = SlowSink()
        var limits = LogQueue.Limits()
        limits.bytes = 10_000
        let queue = LogQueue(sink: sink, limits: limits)
        for _ in 0..<100 { queue.append(record(String(repeating: "m", count: 1_000))) }
        sink.open()
        queue.finish(withinSeconds: 10)

        let records = sink.records
        #expect(records.count { $0.message.utf8.count == 1_000 } <= 20, "one load is being written, one waits")
        let lost = records.filter { $0.message == "log records dropped" }
            .flatMap { $0.fields.compactMap { Int($0.value) } }.reduce(0, +)
        #expect(lost + records.count { $0.message.utf8.count == 1_000 } == 100)
    }

    @Test("A sink that delivers nothing is not asked to deliver a report of it each time")
    func undelivered() {
        let sink = SlowSink(loses: true)
        sink.open()
        let queue = LogQueue(sink: sink)
        queue.append(record("x"))
        queue.finish(withinSeconds: 10)

        #expect(sink.records.map(\.message) == ["x"])
    }
}

@Suite struct LogLevelsTests {
    private func messages(_ control: LogLevelControl, _ body: (Logger) -> Void) -> [String] {
        let sink = SlowSink()
        sink.open()
        let queue = LogQueue(sink: sink)
        body(Logger(label: "t", factory: { _ in QueueingLogHandler(queue: queue, levels: control) }))
        queue.finish(withinSeconds: 10)
        return sink.records.map(\.message)
    }

    @Test("A subsystem's own level decides for it, the base for the others, and libraries start at warning")
    func subsystems() {
        let control = LogLevelControl(LogLevels(.info, own: [.auth: .debug, .jobs: .error]))
        let messages = messages(control) { logger in
            for source in ["Auth", "Jobs", "MCP", "NIOPosix"] {
                for level in [Logger.Level.debug, .info, .warning, .error] {
                    logger.log(level: level, "\(source) \(level)", source: source)
                }
            }
        }

        #expect(
            messages == [
                "Auth debug", "Auth info", "Auth warning", "Auth error", "Jobs error", "MCP info", "MCP warning",
                "MCP error", "NIOPosix warning", "NIOPosix error",
            ])
    }

    @Test("Other levels hold at once, for loggers that exist already")
    func change() {
        let control = LogLevelControl(LogLevels(.info))
        let messages = messages(control) { logger in
            logger.debug("no", source: "App")
            #expect(logger.logLevel == .info)
            control.set(LogLevels(.error, own: [.app: .trace]))
            #expect(logger.logLevel == .trace)
            logger.trace("yes", source: "App")
            logger.warning("no", source: "Auth")
        }

        #expect(messages == ["yes"])
    }

    @Test("A logger's own level can only raise what is in force")
    func raised() {
        let control = LogLevelControl(LogLevels(.info))
        let messages = messages(control) { logger in
            var logger = logger
            logger.logLevel = .error
            logger.warning("no", source: "App")
            logger.logLevel = .trace
            logger.debug("no", source: "App")
            logger.info("yes", source: "App")
        }

        #expect(messages == ["yes"])
    }
}
