internal import Configuration
internal import Foundation
internal import Observability
internal import Telemetry
internal import Testing

@testable import App

/// The standard variables of OpenTelemetry (Settings+Telemetry.swift).
@Suite struct TelemetrySettingsTests {
    private static let endpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"]

    private static func read(
        _ environment: [String: String], files: SecretFiles = SecretFiles()
    ) -> (settings: Settings.Telemetry, warnings: [SettingProblem]) {
        var reader = SettingsReader(
            ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)))
        let settings = Settings.Telemetry(reading: &reader, files: files)
        #expect(reader.problems.isEmpty, "none of them may stop the start")
        return (settings, reader.warnings)
    }

    @Test("Without an endpoint nothing is exported, and what a platform sets for everybody does no harm")
    func off() {
        let (settings, warnings) = Self.read([
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_TRACES_SAMPLER": "nonsense", "OTEL_SERVICE_NAME": "x",
        ])
        #expect(settings.export == nil && warnings.isEmpty)
        let disabled = Self.read(
            Self.endpoint.merging(["OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"]) { $1 })
        #expect(disabled.settings.export == nil && disabled.warnings.isEmpty)
    }

    @Test("An endpoint is enough; the rest has the specification's defaults")
    func defaults() throws {
        let (settings, warnings) = Self.read(Self.endpoint)
        let export = try #require(settings.export)
        #expect(warnings.isEmpty)
        #expect(export.url == "http://localhost:4318/v1/traces")
        #expect(export.encoding == .protobuf)
        #expect(export.headers.isEmpty)
        #expect(export.timeout == .seconds(10) && export.delay == .seconds(5) && export.exportTimeout == .seconds(30))
        #expect(export.capacity == 2_048 && export.batch == 512)
        #expect(settings.sampler == .standard)
        #expect(settings.serviceName == "databricks-jobs-mcp")
        #expect(settings.resourceAttributes.isEmpty)
    }

    @Test(
        "The base address gets the path of traces, the address of traces is used as it is",
        arguments: [
            ("https://c.example.com/", nil, "https://c.example.com/v1/traces"),
            ("https://c.example.com/otlp", nil, "https://c.example.com/otlp/v1/traces"),
            (nil, "http://c.example.com/t", "http://c.example.com/t"),
            ("http://other:4318", "http://c.example.com/t", "http://c.example.com/t"),
        ] as [(String?, String?, String)])
    func address(base: String?, own: String?, url: String) {
        var environment: [String: String] = [:]
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = base
        environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = own
        #expect(Self.read(environment).settings.export?.url == url)
    }

    @Test("Everything can be chosen; a variable for traces wins over the one for all signals")
    func everything() throws {
        let (settings, warnings) = Self.read(
            Self.endpoint.merging([
                "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json",
                "OTEL_EXPORTER_OTLP_HEADERS": "x=1",
                "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "api-key=a%3Db%2Cc , tenant = t1",
                "OTEL_EXPORTER_OTLP_TIMEOUT": "1", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "2500",
                "OTEL_SERVICE_NAME": "jobs", "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_BSP_EXPORT_TIMEOUT": "200",
                "OTEL_RESOURCE_ATTRIBUTES": "service.name=other,deployment.environment.name=pr%20od",
                "OTEL_BSP_MAX_QUEUE_SIZE": "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "50",
            ]) { $1 })
        let export = try #require(settings.export)
        #expect(warnings.isEmpty)
        #expect(export.encoding == .json)
        #expect(export.headers.map(\.name) == ["api-key", "tenant"])
        #expect(export.headers.map(\.value.revealed) == ["a=b,c", "t1"])
        #expect(!String(reflecting: export).contains("a=b"))
        #expect(export.timeout == .milliseconds(2_500) && export.delay == .milliseconds(100))
        #expect(export.exportTimeout == .milliseconds(200) && export.capacity == 100 && export.batch == 50)
        #expect(settings.serviceName == "jobs")
        #expect(settings.resourceAttributes == ["deployment.environment.name": "pr od"])
    }

    @Test(
        "The samplers by their standard names",
        arguments: [
            ("always_on", nil, TraceSampler(root: .always, followsParent: false)),
            ("always_off", nil, TraceSampler(root: .never, followsParent: false)),
            ("traceidratio", "0.25", TraceSampler(root: .ratio(0.25), followsParent: false)),
            ("traceidratio", nil, TraceSampler(root: .ratio(1), followsParent: false)),
            ("parentbased_always_on", nil, .standard),
            ("parentbased_always_off", nil, TraceSampler(root: .never, followsParent: true)),
            ("parentbased_traceidratio", "0", TraceSampler(root: .ratio(0), followsParent: true)),
        ] as [(String, String?, TraceSampler)])
    func samplers(name: String, argument: String?, sampler: TraceSampler) {
        var environment = Self.endpoint
        environment["OTEL_TRACES_SAMPLER"] = name
        environment["OTEL_TRACES_SAMPLER_ARG"] = argument
        let (settings, warnings) = Self.read(environment)
        #expect(warnings.isEmpty)
        #expect(settings.sampler == sampler)
    }

    @Test(
        "Where the spans go and as what is never guessed: what is wrong there is said, and nothing is exported",
        arguments: [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://u:secret@c"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c/t?key=secret"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "GRPC"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "thrift"), ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "k=%zzsecret"), ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "k=secret%0D%0A"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a b=secret"), ("OTEL_EXPORTER_OTLP_HEADERS_FILE", "/nonexistent"),
        ])
    func nothingExported(name: String, value: String) {
        let (settings, warnings) = Self.read(Self.endpoint.merging([name: value]) { $1 })
        #expect(settings.export == nil)
        #expect(warnings.map(\.name) == [name])
        #expect(warnings.allSatisfy { $0.advice.hasSuffix("; until then nothing is exported") })
        #expect(warnings.allSatisfy { !$0.advice.contains("secret") })
    }

    @Test(
        "Any other malformed value is said, and its default counts",
        arguments: [
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "0"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a"), ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
            ("OTEL_SDK_DISABLED", "maybe"), ("OTEL_BSP_SCHEDULE_DELAY", "-1"), ("OTEL_BSP_EXPORT_TIMEOUT", "x"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "0"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096"),
        ])
    func defaultCounts(name: String, value: String) throws {
        let (settings, warnings) = Self.read(Self.endpoint.merging([name: value]) { $1 })
        let export = try #require(settings.export)
        #expect(warnings.map(\.name) == [name])
        #expect(export.timeout == .seconds(10) && export.delay == .seconds(5) && export.exportTimeout == .seconds(30))
        #expect(export.capacity == 2_048 && export.batch == 512 && settings.sampler == .standard)
        #expect(settings.resourceAttributes.isEmpty)
    }

    @Test("A malformed share is reported where it counts", arguments: ["2", "-0.1", "nan", "half"])
    func malformedShare(text: String) {
        var environment = Self.endpoint
        environment["OTEL_TRACES_SAMPLER"] = "traceidratio"
        environment["OTEL_TRACES_SAMPLER_ARG"] = text
        #expect(Self.read(environment).warnings.map(\.name) == ["OTEL_TRACES_SAMPLER_ARG"])
    }

    @Test("The collector's fields are read from a file and from a systemd credential too (E-156)")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "otlp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "otel_exporter_otlp_headers")
        try "api-key=k-1\n".write(to: file, atomically: true, encoding: .utf8)

        let named = Self.read(Self.endpoint.merging(["OTEL_EXPORTER_OTLP_HEADERS_FILE": file.path]) { $1 })
        let credential = Self.read(Self.endpoint, files: SecretFiles(credentialsDirectory: folder.path))
        for read in [named, credential] {
            #expect(read.warnings.isEmpty)
            #expect(read.settings.export?.headers.map(\.value.revealed) == ["k-1"])
        }
    }
}
