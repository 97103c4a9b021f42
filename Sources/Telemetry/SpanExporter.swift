internal import HTTPSyntax
package import HTTPTransport
internal import Logging
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability

/// Sends finished spans to a collector in batches, in the background.
///
/// A collector that is slow or away costs spans, never a request: they wait in a bounded ``SpanQueue``, and are dropped
/// and counted when it is full.
package final class SpanExporter: Sendable {
    /// Clock, sleep and random numbers, replaced by tests.
    package struct Surroundings: Sendable {
        /// The clock that deadlines go by.
        package var now: @Sendable () -> ContinuousClock.Instant = { .now }
        /// Waits; throws when cancelled.
        package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
        /// 0 to 1.
        package var random: @Sendable () -> Double = { .random(in: 0..<1) }

        /// The real ones.
        package init() {}
    }

    /// Where the tracer puts finished spans.
    package let queue: SpanQueue
    private let configuration: ExportConfiguration
    private let resource: TelemetryResource
    private let transport: any HTTPSending
    private let surroundings: Surroundings
    private let exported = Counter(label: MetricNames.spans, dimensions: [("outcome", "exported")])
    private let failed = Counter(label: MetricNames.spans, dimensions: [("outcome", "failed")])
    private let report = NIOLockedValueBox((last: ContinuousClock.Instant?.none, lost: 0))
    private let (ends, ender) = AsyncStream.makeStream(of: Void.self)

    /// - Parameters:
    ///   - configuration: Where spans go.
    ///   - resource: Who sends them.
    ///   - transport: Must make no spans itself, or every export would be one more.
    ///   - surroundings: The clocks.
    package init(
        _ configuration: ExportConfiguration, resource: TelemetryResource, transport: any HTTPSending,
        surroundings: Surroundings = Surroundings()
    ) {
        self.configuration = configuration
        self.resource = resource
        self.transport = transport
        self.surroundings = surroundings
        queue = SpanQueue(capacity: configuration.capacity, batch: configuration.batch)
    }

    /// Exports until ``finish()``, then once more what is left, within ``ExportConfiguration/flushLimit``.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            group.addTask { await self.exportWhenWoken() }
            // Ends by `finish`, or because this task is cancelled.
            for await _ in ends {}
            group.cancelAll()
        }
        await flush()
    }

    /// Lets ``run()`` end; does not wait.
    package func finish() { ender.finish() }

    private func tick() async {
        while !Task.isCancelled {
            // Throws when cancelled, which ends the loop.
            try? await surroundings.sleep(configuration.delay)
            queue.wake()
        }
    }

    private func exportWhenWoken() async {
        for await _ in queue.wakes {
            // A batch that is put back would be taken again at once.
            while !Task.isCancelled, case let batch = queue.take(), !batch.isEmpty { await export(batch) }
        }
    }

    /// Sends one batch, again if that may help.
    private func export(_ batch: [FinishedSpan]) async {
        let body = encode(batch)
        let deadline = surroundings.now() + configuration.exportTimeout
        var plan = ExportRetryPlan()
        while true {
            do throws(ExportFailure) {
                return took(batch.count, rejected: try await send(body, by: deadline))
            } catch {
                // The server stops: the last export tries once more, but not what the collector has refused for good.
                if Task.isCancelled, error.isTransient || error.isInterruption { return queue.putBack(batch) }
                guard let pause = plan.failed(error, random: surroundings.random()),
                    surroundings.now() + pause < deadline
                else {
                    return lost(batch.count, error.summary)
                }
                do { try await surroundings.sleep(pause) } catch { return queue.putBack(batch) }
            }
        }
    }

    /// Sends what is left, each batch once, as long as there is time.
    private func flush() async {
        let deadline = surroundings.now() + configuration.flushLimit
        while case let batch = queue.take(), !batch.isEmpty {
            do throws(ExportFailure) {
                took(batch.count, rejected: try await send(encode(batch), by: deadline))
            } catch {
                lost(batch.count, error.summary)
                if error.isTransient { break }
            }
        }
        queue.close()
    }

    private func encode(_ batch: [FinishedSpan]) -> [UInt8] {
        switch configuration.encoding {
        case .protobuf: OTLPProtobuf.encode(batch, of: resource)
        case .json: OTLPJSON.encode(batch, of: resource)
        }
    }

    /// - Returns: How many spans the collector refused.
    private func send(_ body: [UInt8], by deadline: ContinuousClock.Instant) async throws(ExportFailure) -> Int {
        // With nothing left the transport fails at once.
        let timeout = max(min(configuration.timeout, surroundings.now().duration(to: deadline)), .milliseconds(1))
        var headers: HeaderList = [
            "Content-Type": configuration.encoding.contentType,
            "User-Agent": "\(resource.scope)/\(resource.version)",
        ]
        for (name, value) in configuration.headers { headers.append(name, value.revealed) }
        let request = HTTPRequest(
            method: .post, url: configuration.url, headers: headers, body: body, timeout: timeout,
            connectTimeout: min(.seconds(5), timeout), maximumResponseBytes: 1 << 16)
        let response: HTTPResponse
        do throws(TransportError) { response = try await transport.send(request) } catch { throw ExportFailure(error) }
        guard (200..<300).contains(response.status) else { throw ExportFailure(response, now: WallClock.seconds()) }
        return OTLPAnswer.rejectedSpans(in: response.body, configuration.encoding)
    }

    private func took(_ count: Int, rejected: Int) {
        let refused = min(max(rejected, 0), count)
        exported.increment(by: count - refused)
        if refused > 0 { lost(refused, "refused by the collector") }
    }

    /// Counts, and warns at most once a minute: a collector that is away must not fill the log.
    private func lost(_ count: Int, _ reason: String) {
        failed.increment(by: count)
        let now = surroundings.now()
        let sum: Int? = report.withLockedValue { report in
            report.lost += count
            if let last = report.last, last.duration(to: now) < .seconds(60) { return nil }
            defer { report = (now, 0) }
            return report.lost
        }
        guard let sum else { return }
        Logger.current.warning(
            "spans could not be exported",
            metadata: ["error.detail": "\(LogSafeText.clean(reason, limit: 256))", "otel.spans": "\(sum)"])
    }
}
