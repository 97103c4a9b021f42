internal import Foundation
internal import JSON
internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability
internal import Systemd
internal import TestSupport
internal import Testing

/// Keeps what it is given.
private final class MemorySink: LogSink {
    private let stored = NIOLockedValueBox<[LogRecord]>([])
    var records: [LogRecord] { stored.withLockedValue { $0 } }
    func write(_ records: [LogRecord]) -> Int {
        stored.withLockedValue { $0 += records }
        return 0
    }
}

/// Blocks until it is opened, like a full pipe.
private final class StuckSink: LogSink {
    private let isOpen = ConditionLock(value: false)
    private let stored = NIOLockedValueBox<[LogRecord]>([])
    var records: [LogRecord] { stored.withLockedValue { $0 } }

    func open() {
        isOpen.lock()
        isOpen.unlock(withValue: true)
    }

    func write(_ records: [LogRecord]) -> Int {
        isOpen.lock(whenValue: true)
        isOpen.unlock()
        stored.withLockedValue { $0 += records }
        return 0
    }
}

@Suite(.patient) struct QueueingLogHandlerTests {
    private let sink = MemorySink()

    private func records(_ level: Logger.Level = .debug, _ body: (Logger) async -> Void) async -> [LogRecord] {
        let queue = LogQueue(sink: sink)
        await body(Logger(label: "t", factory: { _ in QueueingLogHandler(queue: queue, logLevel: level) }))
        queue.finish()
        return sink.records
    }

    @Test("Every record of a request carries its identity, also in child tasks (K-20)")
    func identity() async throws {
        let context = RequestContext(correlationID: CorrelationID(), clientCorrelationID: "client-7")
        let call = MCPSummary()
        call.note { $0.tool = "list_jobs" }
        context.note { facts in
            facts.operation = call
            facts.caller = CallerFacts(
                kind: "user", tenantID: "11111111-0000-4000-8000-000000000001",
                objectID: "0d000000-0000-4000-8000-000000000003")
        }
        let trace = TraceContext()
        let records = await records { logger in
            await withRequestContext(context) {
                await WorkSpan.start("request", parent: .remote(trace)).run {
                    await withDiscardingTaskGroup { $0.addTask { logger.info("in a child") } }
                }
            }
            logger.info("outside")
        }

        let inside = Dictionary(uniqueKeysWithValues: try #require(records.first).fields.map { ($0.key, $0.value) })
        #expect(inside["correlation.id"] == context.correlationID.description)
        #expect(inside["client.correlation.id"] == "client-7")
        #expect(inside["mcp.tool"] == "list_jobs")
        #expect(inside["entra.oid"] == "0d000000-0000-4000-8000-000000000003")
        #expect(inside["trace.id"] == trace.traceID)
        #expect(inside["span.id"] == trace.spanID)
        #expect(records.last?.message == "outside")
        #expect(records.last?.fields.isEmpty == true)
    }

    @Test("The call's metadata wins over the logger's, and levels below the threshold are not written")
    func merging() async {
        let records = await records(.info) { logger in
            var logger = logger
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "b"] = "logger"
            logger.info("x", metadata: ["a": "call"])
            logger.debug("never")
        }

        #expect(records.map(\.message) == ["x"])
        #expect(records.first?.fields.map(\.value) == ["call", "logger"])
    }

    @Test("Nobody can hide anything in a record, wherever the text came from:", arguments: HiddenText.all)
    func hiddenText(_ row: HiddenText) async {
        struct Failure: CallerFacingError {
            let operatorMessage: String
            var callerMessage: String { "" }
            var details: ErrorDetails { ErrorDetails(category: .auth) }
        }
        let records = await records {
            $0.warning("\(row.text)", error: Failure(operatorMessage: row.text), metadata: ["a": "\(row.text)"])
        }
        #expect(records.count == 1)
        for output in records.flatMap({ [$0.message] + $0.fields.map(\.value) }) {
            #expect(row.isClean(output))
            #expect(output.replacing("\u{1B}", with: "") == row.shown)
        }
    }

    @Test("An error is logged with the operator's text, not the caller's")
    func errors() async {
        struct Failure: CallerFacingError {
            var callerMessage: String { "Sign in again." }
            var operatorMessage: String { "AADSTS50013" }
            var details: ErrorDetails { ErrorDetails(category: .auth) }
        }
        let records = await records { $0.warning("x", error: Failure()) }

        #expect(records.first?.fields.map(\.value) == ["AADSTS50013"])
    }
}

@Suite(.patient) struct LogQueueTests {
    @Test("A stuck sink never blocks the caller; what does not fit is counted and reported")
    func bounded() async {
        let sink = StuckSink()
        var limits = LogQueue.Limits()
        limits.records = 10
        let queue = LogQueue(sink: sink, limits: limits)
        let logger = Logger(label: "t", factory: { _ in QueueingLogHandler(queue: queue, logLevel: .info) })
        for number in 0..<100 { logger.info("\(number)") }
        sink.open()
        queue.finish(withinSeconds: 10)

        let messages = sink.records.map(\.message)
        #expect(messages.first == "0")
        #expect(messages.count < 100)
        #expect(messages.prefix(10).elementsEqual((0..<10).map(String.init)))
    }
}

@Suite(.patient) struct LineLogSinkTests {
    @Test("A member's type never changes: numbers are numbers or null, whatever a call wrote (docs/logging.md)")
    func types() throws {
        let line = try output(
            { JSONLogSink(descriptor: $0) }, message: "x",
            fields: [
                (key: "http.status", value: "200"), (key: "duration.ms", value: "12.345"),
                (key: "request.bytes", value: "none"), (key: "response.stream", value: "true"),
                (key: "job.id", value: "9007199254740993"), (key: "upstream.ms", value: "01"),
            ])

        let record = try JSONValue.parse(Array(line.dropLast().utf8))
        #expect(record["http_status"] == .integer(200))
        #expect(record["duration_ms"] == .number(12.345))
        #expect(record["request_bytes"] == .null)
        #expect(record["response_stream"] == .bool(true))
        #expect(record["job_id"] == .string("9007199254740993"), "more digits than a double holds")
        #expect(record["upstream_ms"] == .null, "not a number in JSON")
    }

    /// What a sink writes for one record.
    private func output(_ make: (CInt) -> any LogSink, message: String, fields: [(key: String, value: String)]) throws
        -> String
    {
        let pipe = Pipe()
        _ = make(pipe.fileHandleForWriting.fileDescriptor).write([
            LogRecord(
                time: 1_789_899_072_345, level: .warning, message: message, module: "Auth", fields: fields,
                file: "Auth/X.swift", function: "f()", line: 7)
        ])
        try pipe.fileHandleForWriting.close()
        return pipe.text
    }

    @Test("JSON lines are one object each with stable names, whatever the values hold (K-21)")
    func json() throws {
        let line = try output(
            { JSONLogSink(descriptor: $0) }, message: "two\nlines",
            fields: [(key: "correlation.id", value: "c"), (key: "odd", value: "\"\\\u{0}\u{1B}[31m")])

        #expect(line.filter { $0 == "\n" }.count == 1)
        let record = JSONValue(try JSONDocument(parsing: Array(line.dropLast().utf8), limits: .request).root)
        #expect(record["time"] == .string("2026-09-20T10:11:12.345Z"))
        #expect(record["level"] == .string("warning"))
        #expect(record["message"] == .string("two\nlines"))
        #expect(record["module"] == .string("Auth"))
        #expect(record["correlation_id"] == .string("c"))
        #expect(record["odd"] == .string("\"\\\u{0}\u{1B}[31m"))
    }

    @Test("A text line cannot be forged by a value")
    func text() throws {
        let line = try output(
            { TextLogSink(descriptor: $0, isColoured: false) }, message: "refused",
            fields: [
                (key: "a", value: "plain"), (key: "b", value: "x\n2026 INFO forged\u{1B}[0m"), (key: "c", value: ""),
            ])

        #expect(
            line == "2026-09-20T10:11:12.345Z WARNING refused a=plain b=\"x\\n2026 INFO forged?[0m\" c=\"\"\n")
    }

    @Test(
        "No value can end itself and begin another field, whatever it holds",
        arguments: [
            #"x" admin="true"#, #"x\" admin="true"#, #"x\\" admin="true"#, #"\"#, #"\\"#, "\"", #"\""#, "x admin=true",
            "x\u{A0}admin=true", "x\u{2028}admin=true", "x\u{85}admin=true", "x\u{9B}31m", "a=b", "größe", "x\ty\r\nz",
            "",
        ])
    func hostileValues(value: String) throws {
        let line = try output(
            { TextLogSink(descriptor: $0, isColoured: false) }, message: "refused",
            fields: [(key: "first", value: value), (key: "last", value: "end")])
        let fields = try TextLineReader.fields(of: line, after: "refused")
        #expect(fields.map(\.key) == ["first", "last"])
        #expect(fields.last?.value == "end")
        let shown = String(
            String.UnicodeScalarView(
                value.unicodeScalars.map { ["\u{85}", "\u{9B}", "\u{2028}"].contains($0) ? "?" : $0 }))
        #expect(fields.first?.value == shown)
    }

    @Test("Levels are coloured on terminals only")
    func colour() throws {
        let line = try output({ TextLogSink(descriptor: $0, isColoured: true) }, message: "x", fields: [])

        #expect(line.contains("\u{1B}[33mWARNING\u{1B}[0m"))
    }
}

@Suite(.patient) struct JournalLogSinkTests {
    @Test("Every fact gets a field of its own, and line breaks stay inside their field (K-21)")
    func fields() {
        let record = LogRecord(
            time: 0, level: .error, message: "two\nlines", module: "Auth",
            fields: [(key: "correlation.id", value: "c\nd"), (key: "token.reject.reason", value: "expired")],
            file: "Auth/X.swift", function: "f()", line: 7)
        let fields = JournalLogSink(identifier: "server").fields(of: record)
            .map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" }

        #expect(
            fields == [
                "MESSAGE=two\nlines", "PRIORITY=3", "SYSLOG_IDENTIFIER=server", "MODULE=Auth", "CODE_FILE=Auth/X.swift",
                "CODE_FUNC=f()", "CODE_LINE=7", "CORRELATION_ID=c\nd", "TOKEN_REJECT_REASON=expired",
            ])
    }

    @Test(
        "Levels become syslog's severities",
        arguments: [
            (Logger.Level.trace, "7"), (.debug, "7"), (.info, "6"), (.notice, "5"), (.warning, "4"), (.error, "3"),
            (.critical, "2"),
        ])
    func priorities(level: Logger.Level, priority: String) {
        let record = LogRecord(
            time: 0, level: level, message: "", module: "", fields: [], file: "", function: "", line: 0)

        let field = JournalLogSink(identifier: "").fields(of: record).first { $0.name == "PRIORITY" }
        #expect(field?.value == Array(priority.utf8))
    }
}

extension Pipe {
    /// What was written to it; the other end is closed by now, so that nobody waits.
    var text: String {
        var all = Data()
        while case let piece = fileHandleForReading.availableData, !piece.isEmpty { all += piece }
        return String(decoding: all, as: UTF8.self)
    }
}
