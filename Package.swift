// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(), .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The commit that is being built, which `make release` finds out.
///
/// Not `Context.gitInformation`: SwiftPM keeps the evaluated manifest, and with it the commit of some earlier build.
let revision = (Context.environment["SOURCE_REVISION"] ?? "development").prefix(64)
    .filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-.+_".contains($0)) }

/// How the executable that is delivered is linked: `make release` names a folder with static C++ libraries, which the
/// Swift runtime needs, so that only libcurl, libcrypto, libsystemd and libc remain to be loaded.
///
/// Nothing loads code that would look for symbols in it, and all relocations are done and sealed at the start.
let releaseLinking: [LinkerSetting] =
    Context.environment["STATIC_CXX_FOLDER"].map { folder in
        [
            .unsafeFlags([
                "-L\(folder)", "-Xclang-linker", "-static-libgcc", "-Xlinker", "--no-export-dynamic", "-Xlinker", "-z",
                "-Xlinker", "now",
            ])
        ]
    } ?? []

let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let locks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// What the packages above bring along, at versions of ours as well: named by a target, because a package that none names is
/// warned of, and imported by none.
let broughtAlong: [Target.Dependency] = [
    .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
    .product(name: "Atomics", package: "swift-atomics"),
    .product(name: "DequeModule", package: "swift-collections"),
]

let package = Package(
    name: "databricks-jobs-mcp",
    products: [
        .executable(name: "databricks-jobs-mcp", targets: ["App"]),
        .executable(name: "databricks-sandbox", targets: ["SandboxCommand"]),
        .executable(name: "mcp-fixture-server", targets: ["FixtureServer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", exact: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        // Of the tests only, which start processes with it.
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", exact: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
        // Brought along by the others.
        .package(url: "https://github.com/apple/swift-async-algorithms.git", exact: "1.1.4"),
        .package(url: "https://github.com/apple/swift-atomics.git", exact: "1.3.0"),
        .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
    ],
    targets: [
        // C libraries: one module map and one header of typed shims each.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        // The only target that knows the commit, so that another one costs a compilation of ten lines of C.
        .target(name: "CBuildInfo", cSettings: [.define("BUILD_REVISION", to: "\"\(revision)\"")]),

        // Know nothing of this project.
        .target(name: "JSON", swiftSettings: settings),
        // How dates, addresses, escapes and lists are written, one implementation a rule.
        .target(name: "HTTPSyntax", swiftSettings: settings),
        .target(name: "OpenSSL", dependencies: ["COpenSSL"], swiftSettings: settings),
        .target(name: "Systemd", dependencies: ["CSystemd"], swiftSettings: settings),
        .target(name: "HTTPTransport", dependencies: ["CCurl", "HTTPSyntax", locks], swiftSettings: settings),
        // Files of settings, as people write them.
        .target(name: "Dotenv", swiftSettings: settings),
        // The listener of the product, the fixture server and the sandbox.
        .target(
            name: "HTTPServer",
            dependencies: ["HTTPSyntax", serviceLifecycle, logging, httpTypes, nioHTTP1, nioCore, nioPosix, locks],
            swiftSettings: settings),

        // The product.
        .target(
            name: "Observability",
            dependencies: ["JSON", "HTTPSyntax", "Systemd", logging, coreMetrics, tracing, locks],
            swiftSettings: settings),
        // Spans of requests, and their way to a collector.
        .target(
            name: "Telemetry",
            dependencies: ["JSON", "HTTPSyntax", "HTTPTransport", "Observability", logging, metrics, tracing, locks],
            swiftSettings: settings),
        .target(
            name: "MCP", dependencies: ["JSON", "HTTPSyntax", "Observability", httpTypes, logging, locks],
            swiftSettings: settings),
        .target(
            name: "Auth",
            dependencies: [
                "JSON", "HTTPSyntax", "OpenSSL", "HTTPTransport", "Observability", logging, metrics, locks,
            ],
            swiftSettings: settings),
        .target(
            name: "Jobs",
            dependencies: [
                "JSON", "HTTPSyntax", "MCP", "OpenSSL", "HTTPTransport", "Observability", logging, metrics, locks,
            ],
            swiftSettings: settings),
        // How people and programs learn to connect: text in, bytes out.
        .target(name: "Guide", dependencies: ["JSON", "HTTPSyntax", "OpenSSL"], swiftSettings: settings),
        // The protocol on a listener; used by the product and by the fixture server.
        .target(name: "MCPOverHTTP", dependencies: ["MCP", "HTTPServer", httpTypes], swiftSettings: settings),
        .executableTarget(
            name: "App",
            dependencies: [
                "Auth", "Jobs", "MCP", "MCPOverHTTP", "HTTPServer", "HTTPSyntax", "Guide", "JSON", "OpenSSL",
                "HTTPTransport", "Observability", "Systemd", "Telemetry", "Dotenv", "CBuildInfo", serviceLifecycle,
                unixSignals, configuration, argumentParser, logging, metrics, tracing, httpTypes, locks, nioCore,
                nioPosix,
            ] + broughtAlong,
            swiftSettings: settings, linkerSettings: releaseLinking),

        // The stand-in for Entra ID and a Databricks workspace; never shipped.
        .target(
            name: "Sandbox",
            dependencies: [
                "HTTPServer", "HTTPSyntax", "JSON", "OpenSSL", logging, httpTypes, locks, nioCore,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "SandboxCommand",
            dependencies: ["Sandbox", "JSON", "HTTPTransport", argumentParser, unixSignals],
            swiftSettings: settings),

        // What a tool call costs without its network; `make bench` runs it.
        .executableTarget(
            name: "ToolCost",
            dependencies: ["Jobs", "MCP", "JSON", "HTTPTransport", "Observability", logging, coreMetrics],
            path: "Benchmarks/ToolCost", swiftSettings: settings),
        // The protocol library with tools for conformance suites; never shipped.
        .executableTarget(
            name: "FixtureServer",
            dependencies: [
                "JSON", "HTTPSyntax", "MCP", "MCPOverHTTP", "HTTPServer", "Observability", httpTypes, serviceLifecycle,
                unixSignals,
                argumentParser, logging, nioCore,
            ],
            swiftSettings: settings),

        // Tests: one target per module, and the whole over real sockets.
        .target(
            name: "TestSupport",
            dependencies: [
                "JSON", "HTTPTransport", "Sandbox", locks, nioCore, nioPosix, subprocess, systemPackage,
            ],
            path: "Tests/TestSupport", swiftSettings: settings),
        // What must hold for any input: checked on the seeds by FuzzTests, on mutations of them by `make fuzz`.
        .target(
            name: "FuzzProperties",
            dependencies: [
                "JSON", "HTTPSyntax", "OpenSSL", "Auth", "Jobs", "MCP", "HTTPTransport", "HTTPServer", "Dotenv",
                "Observability", httpTypes, logging, locks, nioCore, nioHTTP1, nioEmbedded,
            ],
            path: "Fuzz/Properties", swiftSettings: settings),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzProperties"], swiftSettings: settings),
        .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
        .testTarget(name: "HTTPSyntaxTests", dependencies: ["HTTPSyntax"], swiftSettings: settings),
        .testTarget(
            name: "OpenSSLTests", dependencies: ["OpenSSL", "HTTPSyntax", "TestSupport"], swiftSettings: settings),
        .testTarget(name: "SystemdTests", dependencies: ["Systemd", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "HTTPTransportTests",
            dependencies: ["HTTPTransport", "TestSupport", nioCore, nioPosix, locks, subprocess, systemPackage],
            swiftSettings: settings),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: [
                "HTTPServer", "TestSupport", serviceLifecycle, logging, httpTypes, nioCore, nioPosix, locks,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ObservabilityTests",
            dependencies: ["Observability", "JSON", "Systemd", "TestSupport", logging, coreMetrics, tracing, locks],
            swiftSettings: settings),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Telemetry", "JSON", "HTTPTransport", "Observability", "TestSupport", metrics, tracing, locks,
            ],
            exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "MCPTests", dependencies: ["MCP", "JSON", "Observability", "TestSupport", httpTypes, logging],
            swiftSettings: settings),
        .testTarget(
            name: "AuthTests",
            dependencies: [
                "Auth", "JSON", "HTTPSyntax", "OpenSSL", "HTTPTransport", "Observability", "Sandbox", "TestSupport",
                locks,
                logging, metrics,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "JobsTests",
            dependencies: [
                "Jobs", "MCP", "JSON", "HTTPTransport", "Observability", "Sandbox", "TestSupport", locks, logging,
                metrics,
            ],
            exclude: ["Fixtures", "Snapshots"], swiftSettings: settings),
        .testTarget(
            name: "GuideTests", dependencies: ["Guide", "JSON", "HTTPSyntax", "OpenSSL"], swiftSettings: settings),
        .testTarget(
            name: "SandboxTests",
            dependencies: ["Sandbox", "JSON", "HTTPSyntax", "OpenSSL", "HTTPTransport", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "AppTests",
            dependencies: [
                "App", "Auth", "Jobs", "MCP", "HTTPServer", "Observability", "Systemd", "Dotenv", "Telemetry",
                "TestSupport", configuration, logging, tracing, inMemoryTracing, httpTypes,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "App", "JSON", "HTTPSyntax", "HTTPTransport", "Observability", "Sandbox", "TestSupport", locks,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "Conversations", dependencies: ["App", "JSON", "HTTPTransport", "Sandbox", "TestSupport"],
            exclude: ["conversations.json"], swiftSettings: settings),
    ]
)

// libFuzzer brings the `main`, so this links in a build with --sanitize=fuzzer only; Scripts/fuzz.sh sets FUZZ.
if Context.environment["FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: ["FuzzProperties"], path: "Fuzz/Runner", swiftSettings: settings))
}
