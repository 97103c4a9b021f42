package import Observability

/// Where spans go, and in which portions.
package struct ExportConfiguration: Sendable {
    /// The forms of OTLP over HTTP.
    package enum Encoding: String, Sendable, CaseIterable {
        /// `application/x-protobuf`, which every collector takes.
        case protobuf = "http/protobuf"
        /// `application/json`.
        case json = "http/json"

        var contentType: String {
            switch self {
            case .protobuf: "application/x-protobuf"
            case .json: "application/json"
            }
        }
    }

    /// The whole address, `/v1/traces` included.
    package var url: String
    /// Fields that the collector wants, such as a key.
    package var headers: [(name: String, value: Secret)] = []
    /// Bound on one request.
    package var timeout: Duration = .seconds(10)
    /// How spans are written.
    package var encoding = Encoding.protobuf
    /// How long a span waits at most before an export begins.
    package var delay: Duration = .seconds(5)
    /// Bound on one batch, repetitions included.
    package var exportTimeout: Duration = .seconds(30)
    /// Spans that may wait.
    package var capacity = 2_048
    /// Spans of one request.
    package var batch = 512
    /// Bound on the last export, when the server stops.
    package var flushLimit: Duration = .seconds(3)

    /// The defaults of the OpenTelemetry specification.
    package init(url: String) { self.url = url }
}

/// How a failed export is repeated: a value without I/O or clock.
///
/// OTLP repeats on 429, 502, 503 and 504 and when there was no answer; everything else would fail again.
struct ExportRetryPlan {
    /// Repetitions of one batch.
    static let maximumRetries = 3
    /// The longest pause that a collector may ask for; batches behind this one wait as long.
    static let longestPause: Duration = .seconds(30)

    private var failures = 0

    /// The pause before the next try, or `nil` when there is none.
    ///
    /// - Parameters:
    ///   - failure: What happened.
    ///   - random: 0 to 1, so that servers that failed together do not come back together.
    /// - Returns: The pause.
    mutating func failed(_ failure: ExportFailure, random: Double) -> Duration? {
        failures += 1
        guard failure.isTransient, failures <= Self.maximumRetries else { return nil }
        if let wish = failure.retryAfter { return wish <= Self.longestPause ? wish : nil }
        return .seconds(1 << (failures - 1)) * (0.5 + random)
    }
}
