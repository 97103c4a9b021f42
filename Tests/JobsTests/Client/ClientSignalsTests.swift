internal import HTTPTransport
internal import JSON
internal import Jobs
internal import Logging
internal import MCP
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.patient) struct ClientSignalsTests {
    @Test("Counts calls by endpoint and status class, repetitions, and their time (P-84)")
    func metrics() async throws {
        let registry = MetricsRegistry()
        try await withMetricsFactory(registry) {
            let transport = ScriptedTransport([
                .answer(503, ""), .failure(.connect, sent: false), .answer(200, "{}"), .answer(403, "{}"),
            ])
            let bench = try ToolBench(transport)
            _ = try await bench.call("list_jobs")
            _ = try await bench.failure(of: "list_jobs")
        }
        let text = registry.exposition()
        for expected in [
            #"databricks_requests_total{endpoint="list",status_class="5xx"} 1"#,
            #"databricks_requests_total{endpoint="list",status_class="none"} 1"#,
            #"databricks_requests_total{endpoint="list",status_class="2xx"} 1"#,
            #"databricks_requests_total{endpoint="list",status_class="4xx"} 1"#,
            #"databricks_retries_total{endpoint="list"} 2"#,
            #"databricks_request_duration_seconds_count{endpoint="list"} 4"#,
        ] {
            #expect(text.contains(expected))
        }
        for (status, error) in [("503", "503"), ("", "connect"), ("200", ""), ("403", "403")] {
            let labels =
                #"error_type="\#(error)",http_request_method="GET",http_response_status_code="\#(status)",peer="databricks""#
            #expect(text.contains("http_client_request_duration_seconds_count{\(labels)} 1"), "\(labels)")
        }
    }

    @Test("Counts the answers that ask to slow down, and not other refusals (P-84)")
    func throttles() async throws {
        let registry = MetricsRegistry()
        try await withMetricsFactory(registry) {
            let bench = try ToolBench(ScriptedTransport([.answer(429, ""), .answer(503, ""), .answer(200, "{}")]))
            _ = try await bench.call("list_jobs")
        }
        let text = registry.exposition()
        #expect(text.contains(#"databricks_throttles_total{endpoint="list"} 1"#))
        #expect(text.contains(#"databricks_throttles_total{endpoint="run-now"} 0"#))
    }

    @Test("Logs each try with facts, and never a token, a parameter or a body (H-04)")
    func logs() async throws {
        let lines = NIOLockedValueBox<[String]>([])
        let transport = ScriptedTransport([.answer(502, "<html>secret-body</html>"), .answer(200, #"{"run_id":5}"#)])
        var bench = try ToolBench(transport)
        bench.logger = Logger(label: "tests") { _ in RecordingHandler(lines: lines) }
        bench.logger.logLevel = .trace
        _ = try await bench.call("run_now", ["job_id": 1, "job_parameters": ["password": "hunter2"]])

        let records = lines.withLockedValue { $0 }
        #expect(records.count == 4)
        #expect(records.first?.hasPrefix("debug databricks request ") == true)
        #expect(records.first?.contains("databricks.endpoint=run-now") == true)
        #expect(records.first?.contains("http.status=502") == true)
        #expect(records.first?.contains("duration.ms=") == true)
        #expect(records.first?.contains("failure.kind=unavailable") == true)
        #expect(records[1].hasPrefix("info databricks request is repeated "))
        #expect(records[3].hasPrefix("notice audit: run_now "))
        for record in records {
            #expect(!record.contains("token-1") && !record.contains("hunter2") && !record.contains("secret-body"))
        }
    }

    @Test("A try whose call ended first is logged as cancelled, not as unable to be sent")
    func cancelledTry() async throws {
        let lines = NIOLockedValueBox<[String]>([])
        var bench = try ToolBench(ScriptedTransport([.failure(.cancelled, sent: true)]))
        bench.logger = Logger(label: "tests") { _ in RecordingHandler(lines: lines) }
        bench.logger.logLevel = .debug
        await #expect(throws: CancellationError.self) { try await bench.call("list_jobs") }
        let records = lines.withLockedValue { $0 }
        #expect(records.count == 1)
        #expect(records.first?.contains("failure.kind=cancelled") == true)
    }

    @Test("Gives up quietly when its caller leaves (C-01)", .patient)
    func cancellation() async throws {
        let gate = Gate()
        let bench = try ToolBench(GatedTransport(gate: gate, body: "{}"))
        let call = Task { try await bench.call("list_jobs") }
        await gate.waitUntilReached()
        call.cancel()
        gate.open()
        await #expect(throws: CancellationError.self) { try await call.value }
        // Its slot is free again.
        #expect(try await bench.call("list_jobs").text == "No jobs found.")
    }
}
