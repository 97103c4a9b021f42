internal import HTTPSyntax
package import Logging

/// One log event with everything that was known when it happened, ready to leave the task it came from.
package struct LogRecord: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let time: Int64
    /// The severity.
    package let level: Logger.Level
    /// What happened: a constant text, except for the lines of K-22.
    package let message: String
    /// The module that logged.
    package let module: String
    /// Where in the source: `Auth/JWKSCache.swift`.
    package let file: String
    /// The function that logged.
    package let function: String
    /// The line in ``file``.
    package let line: UInt
    private let subject: Subject

    /// The source of the fields: a list made for this record, or the request that an access line is about.
    private enum Subject: Sendable {
        case list([(key: String, value: String)])
        case request(RequestContext)
    }

    /// Creates a record from its parts.
    package init(
        time: Int64, level: Logger.Level, message: String, module: String, fields: [(key: String, value: String)],
        file: String, function: String, line: UInt
    ) {
        self.time = time
        self.level = level
        self.message = message
        self.module = module
        subject = .list(fields)
        self.file = file
        self.function = function
        self.line = line
    }

    /// Creates the record of a request that is over, whose fields are written when the record is.
    init(
        time: Int64, level: Logger.Level, message: String, module: String, request: RequestContext, file: String,
        function: String, line: UInt
    ) {
        self.time = time
        self.level = level
        self.message = message
        self.module = module
        subject = .request(request)
        self.file = file
        self.function = function
        self.line = line
    }

    /// Hands over the fields, in the order of the keys.
    func describe(to fields: inout some LogFieldWriter) {
        switch subject {
        case .list(let list): for (key, value) in list { fields.add(key, value) }
        case .request(let request): request.describe(to: &fields)
        }
    }

    /// Dotted keys and their values, in the order of the keys.
    package var fields: [(key: String, value: String)] {
        if case .list(let list) = subject { return list }
        var list = LogFieldList()
        describe(to: &list)
        return list.fields
    }

    /// Bytes of message, keys and values.
    var weight: Int {
        switch subject {
        case .list(let list): list.reduce(message.utf8.count) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        case .request(let request): request.weight
        }
    }
}

/// Where records end up; called from the log thread only, never concurrently.
package protocol LogSink: Sendable {
    /// Writes `records`, the oldest first; may block.
    ///
    /// - Returns: How many of them are lost.
    func write(_ records: [LogRecord]) -> Int
}

/// The log handler of this server: joins the metadata of logger, request and call, and queues the record (K-21).
package struct QueueingLogHandler: LogHandler {
    private let queue: LogQueue
    private let levels: LogLevelControl?
    private var ownLevel: Logger.Level
    /// Metadata of this logger.
    package var metadata: Logger.Metadata = [:]
    /// Supplies the request's identity; read on the task that logs, since the log thread has none.
    package var metadataProvider: Logger.MetadataProvider?

    /// Creates a handler that writes through `queue` what `levels` let pass at the time.
    package init(
        queue: LogQueue, levels: LogLevelControl, metadataProvider: Logger.MetadataProvider? = .requestContext
    ) {
        self.queue = queue
        self.levels = levels
        ownLevel = .trace
        self.metadataProvider = metadataProvider
    }

    /// Creates a handler whose level never changes.
    package init(
        queue: LogQueue, logLevel: Logger.Level, metadataProvider: Logger.MetadataProvider? = .requestContext
    ) {
        self.queue = queue
        levels = nil
        ownLevel = logLevel
        self.metadataProvider = metadataProvider
    }

    /// The least severe level that is logged at all; a subsystem may log less, and a logger's own level can raise it.
    package var logLevel: Logger.Level {
        get { levels.map { max(ownLevel, $0.minimum) } ?? ownLevel }
        set { ownLevel = newValue }
    }

    /// One value of this logger's metadata.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Queues one event.
    package func log(event: LogEvent) {
        let source = event.source
        if let levels, !levels.allow(event.level, from: source) { return }
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let called = event.metadata { merged.merge(called) { $1 } }
        if let error = event.error { merged["error"] = "\(operatorText(of: error))" }
        queue.append(
            LogRecord(
                time: WallClock.milliseconds(), level: event.level,
                message: LogSafeText.visible(event.message.description),
                module: source,
                fields: merged.map { (key: $0.key, value: LogSafeText.visible($0.value.description)) }
                    .sorted { $0.key < $1.key },
                file: event.file, function: event.function, line: event.line
            ).bounded())
    }

    private func operatorText(of error: any Error) -> String {
        (error as? any CallerFacingError)?.operatorMessage ?? String(reflecting: error)
    }
}
