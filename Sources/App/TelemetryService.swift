internal import Glibc
internal import HTTPTransport
internal import Observability
internal import ServiceLifecycle
internal import Telemetry
internal import Tracing

/// The tracer of this process, and the export of its spans if one is configured.
///
/// The export has a transport of its own: a collector that hangs takes no connection and no time from anybody's call.
struct TelemetryService: Service, CustomStringConvertible {
    /// Makes the ids of every request, whether or not spans are exported.
    let tracer: TelemetryTracer
    private let transport: CurlTransport
    private let exporter: SpanExporter?

    init(_ settings: Settings.Telemetry, caFile: String?) {
        let transport = CurlTransport(TransportConfiguration(caFile: caFile, maximumConnectionsPerHost: 2))
        let exporter = settings.export.map { export in
            SpanExporter(
                export,
                resource: TelemetryResource(
                    serviceName: settings.serviceName, version: BuildInfo.version, instance: "\(CorrelationID())",
                    host: HostName.current, extras: settings.resourceAttributes),
                transport: TracedTransport(peer: .telemetry, transport))
        }
        self.transport = transport
        self.exporter = exporter
        tracer = TelemetryTracer(sampler: settings.sampler, sink: exporter?.queue)
    }

    /// Whether spans are exported, so that there is something to run.
    var isExporting: Bool { exporter != nil }

    /// Exports until the server stops, then what is left, within 3 seconds.
    func run() async {
        guard let exporter else { return }
        await withDiscardingTaskGroup { group in
            group.addTask { await transport.run() }
            // Not cancelled by the shutdown: the last spans are those of the last calls.
            await withGracefulShutdownHandler {
                await exporter.run()
            } onGracefulShutdown: {
                exporter.finish()
            }
            group.cancelAll()
        }
    }

    /// The name alone: service-lifecycle logs what a service prints.
    var description: String { "traces" }
}

/// This machine's name.
private enum HostName {
    /// `nil` when the system has none.
    static var current: String? {
        var buffer = [UInt8](repeating: 0, count: 256)
        let status = unsafe buffer.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return CInt(-1) }
            return unsafe gethostname(start.assumingMemoryBound(to: CChar.self), bytes.count - 1)
        }
        guard status == 0 else { return nil }
        let name = String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        return name.isEmpty ? nil : name
    }
}
