internal import HTTPSyntax
internal import HTTPTransport
internal import Observability
internal import Telemetry

extension Settings {
    /// Whether and where spans are exported: the standard variables of OpenTelemetry, and nothing of our own.
    ///
    /// Without an endpoint nothing is exported and the other variables are not looked at, so that what a platform sets
    /// for everybody does no harm. What is wrong with one never stops the start, because platforms set them, too: Azure
    /// Container Apps names its agent's protocol, `grpc`, wherever the agent is on. It is warned about; then nothing is
    /// exported when the place, the protocol or the fields are in doubt, and the default counts otherwise.
    ///
    /// | Variable | Default | Meaning |
    /// | --- | --- | --- |
    /// | `OTEL_EXPORTER_OTLP_ENDPOINT` | unset, no export | the collector; `/v1/traces` is added |
    /// | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | unset | the whole address, instead |
    /// | `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_EXPORTER_OTLP_TRACES_HEADERS` | unset | fields for the collector, secret |
    /// | `OTEL_EXPORTER_OTLP_HEADERS_FILE` | unset | a file that holds them (E-156) |
    /// | `OTEL_EXPORTER_OTLP_TIMEOUT`, `OTEL_EXPORTER_OTLP_TRACES_TIMEOUT` | 10000 | bound on one request, ms |
    /// | `OTEL_EXPORTER_OTLP_PROTOCOL`, `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL` | `http/protobuf` | or `http/json` |
    /// | `OTEL_SERVICE_NAME` | `databricks-jobs-mcp` | `service.name` |
    /// | `OTEL_RESOURCE_ATTRIBUTES` | empty | `name=value,...` |
    /// | `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG` | `parentbased_always_on` | which traces are kept |
    /// | `OTEL_SDK_DISABLED` | `false` | `true` switches the export off |
    /// | `OTEL_BSP_SCHEDULE_DELAY`, `OTEL_BSP_EXPORT_TIMEOUT` | 5000, 30000 | between exports; for one with retries, ms |
    /// | `OTEL_BSP_MAX_QUEUE_SIZE`, `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | 2048, 512 | spans that wait; spans of a request |
    struct Telemetry: Sendable {
        /// `nil` when nothing is exported.
        let export: ExportConfiguration?
        let sampler: TraceSampler
        let serviceName: String
        let resourceAttributes: [String: String]
    }
}

extension Settings.Telemetry {
    init(reading reader: inout SettingsReader, files: SecretFiles) {
        let isDisabled = reader.tolerantly("it is false") { $0.boolean("OTEL_SDK_DISABLED", default: false) }.value
        guard !isDisabled, let export = Self.collector(reading: &reader, files: files) else {
            (export, sampler, serviceName, resourceAttributes) = (nil, .standard, Self.defaultName, [:])
            return
        }
        self = reader.tolerantly("its default counts") { Self(exporting: export, reading: &$0) }.value
    }

    /// Where spans go, and how they are sent; `nil` when that is unknown or in doubt.
    private static func collector(reading reader: inout SettingsReader, files: SecretFiles) -> ExportConfiguration? {
        let (export, isSound) = reader.tolerantly("nothing is exported") { reader -> ExportConfiguration? in
            guard let url = url(reading: &reader) else { return nil }
            var export = ExportConfiguration(url: url)
            export.encoding = encoding(reading: &reader)
            export.headers = headers(reading: &reader, files: files)
            return export
        }
        return isSound ? export : nil
    }

    private init(exporting: ExportConfiguration, reading reader: inout SettingsReader) {
        var export = exporting
        export.timeout = .milliseconds(
            reader.integer(
                Self.signalName("TIMEOUT", reader), in: 1...600_000, default: 10_000))
        export.delay = .milliseconds(reader.integer("OTEL_BSP_SCHEDULE_DELAY", in: 10...3_600_000, default: 5_000))
        export.exportTimeout = .milliseconds(
            reader.integer("OTEL_BSP_EXPORT_TIMEOUT", in: 1...600_000, default: 30_000))
        export.capacity = reader.integer("OTEL_BSP_MAX_QUEUE_SIZE", in: 1...100_000, default: 2_048)
        export.batch = reader.integer(
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", in: 1...export.capacity, default: min(512, export.capacity))
        self.export = export
        sampler = Self.sampler(reading: &reader)
        let attributes = Self.pairs("OTEL_RESOURCE_ATTRIBUTES", from: reader.text("OTEL_RESOURCE_ATTRIBUTES"), &reader)
        var resource = Dictionary(attributes.map { ($0.name, $0.value) }) { $1 }
        let named = resource.removeValue(forKey: "service.name")
        serviceName = reader.text("OTEL_SERVICE_NAME") ?? named ?? Self.defaultName
        resourceAttributes = resource
    }

    private static let defaultName = "databricks-jobs-mcp"

    /// The variable for traces if it is set, else the one for all signals.
    private static func signalName(_ name: String, _ reader: SettingsReader) -> String {
        let own = "OTEL_EXPORTER_OTLP_TRACES_\(name)"
        return reader.text(own, isSecret: true) == nil ? "OTEL_EXPORTER_OTLP_\(name)" : own
    }

    // MARK: - Where to

    private static func url(reading reader: inout SettingsReader) -> String? {
        let own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
        if let whole = reader.text(own) { return reader.value(own, from: whole, parse: address) }
        let name = "OTEL_EXPORTER_OTLP_ENDPOINT"
        guard let base = reader.value(name, from: reader.text(name), parse: address) else { return nil }
        return base.hasSuffix("/") ? "\(base)v1/traces" : "\(base)/v1/traces"
    }

    /// Plain `http` is fine: collectors run beside the server, and no user's token goes there.
    private static func address(_ text: String) throws(SettingAdvice) -> String {
        guard let parts = URLParts(text), let origin = WebOrigin(of: parts), origin.isHTTP,
            parts.path == parts.target, parts.fragment == nil, LogSafeText.isVisibleASCII(text, limit: 2_048)
        else {
            throw SettingAdvice(
                "must be the collector's address, such as http://localhost:4318, without user, query and fragment")
        }
        return text
    }

    private static func encoding(reading reader: inout SettingsReader) -> ExportConfiguration.Encoding {
        let name = signalName("PROTOCOL", reader)
        guard reader.text(name)?.lowercased() != "grpc" else {
            reader.report(
                name, "is grpc, which this server does not speak; set http/protobuf and the collector's HTTP port, 4318"
            )
            return .protobuf
        }
        return reader.choice(name, default: .protobuf)
    }

    private static func headers(
        reading reader: inout SettingsReader, files: SecretFiles
    ) -> [(name: String, value: Secret)] {
        let file = "OTEL_EXPORTER_OTLP_HEADERS_FILE"
        let name = signalName("HEADERS", reader)
        var (source, text) = (name, reader.text(name, isSecret: true))
        if text == nil, let path = reader.text(file) {
            (source, text) = (file, files.contents(of: path))
            if text == nil {
                reader.report(
                    file, "cannot be read or is empty at '\(path.excerpt)'; check the path and its permissions")
            }
        }
        if text == nil { text = files.credential("otel_exporter_otlp_headers") }
        return pairs(source, from: text, &reader).compactMap { name, value in
            var fields = HeaderList()
            fields.append(name, value)
            guard fields.isValid else {
                reader.report(source, "holds a field that HTTP forbids; write name=value,name=value")
                return nil
            }
            return (name, Secret(value))
        }
    }

    // MARK: - Which

    private static func sampler(reading reader: inout SettingsReader) -> TraceSampler {
        let name = reader.value(
            "OTEL_TRACES_SAMPLER", from: reader.text("OTEL_TRACES_SAMPLER") ?? "parentbased_always_on"
        ) {
            text throws(SettingAdvice) in
            guard let name = SamplerName(rawValue: text.lowercased()) else {
                let valid = SamplerName.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingAdvice("must be one of \(valid), not '\(text.excerpt)'")
            }
            return name
        }
        guard let name else { return .standard }
        let root: TraceSampler.Root =
            switch name {
            case .alwaysOn, .parentAlwaysOn: .always
            case .alwaysOff, .parentAlwaysOff: .never
            case .ratio, .parentRatio: .ratio(ratio(reading: &reader))
            }
        let followsParent = [.parentAlwaysOn, .parentAlwaysOff, .parentRatio].contains(name)
        return TraceSampler(root: root, followsParent: followsParent)
    }

    private enum SamplerName: String, CaseIterable {
        case alwaysOn = "always_on"
        case alwaysOff = "always_off"
        case ratio = "traceidratio"
        case parentAlwaysOn = "parentbased_always_on"
        case parentAlwaysOff = "parentbased_always_off"
        case parentRatio = "parentbased_traceidratio"
    }

    private static func ratio(reading reader: inout SettingsReader) -> Double {
        let name = "OTEL_TRACES_SAMPLER_ARG"
        return reader.value(name, from: reader.text(name)) { text throws(SettingAdvice) in
            guard let ratio = Double(text), (0...1).contains(ratio) else {
                throw SettingAdvice("must be a share from 0 to 1, such as 0.1, not '\(text.excerpt)'")
            }
            return ratio
        } ?? 1
    }

    // MARK: - Lists

    /// `name=value` pairs separated by commas, percent-encoded as W3C Baggage is; never quoted back, they may be secret.
    private static func pairs(
        _ variable: String, from text: String?, _ reader: inout SettingsReader
    ) -> [(name: String, value: String)] {
        reader.value(variable, from: text) { text throws(SettingAdvice) in
            var pairs: [(name: String, value: String)] = []
            for member in text.split(separator: ",").map({ String($0).trimmed }) where !member.isEmpty {
                guard let equals = member.firstIndex(of: "="),
                    let name = PercentEncoding.decode(String(member[..<equals]).trimmed.utf8), !name.isEmpty,
                    let value = PercentEncoding.decode(String(member[member.index(after: equals)...]).trimmed.utf8)
                else { throw SettingAdvice("must be name=value pairs separated by commas, percent-encoded") }
                pairs.append((name, value))
            }
            return pairs
        } ?? []
    }
}
