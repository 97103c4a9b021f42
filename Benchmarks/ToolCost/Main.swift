internal import Glibc
internal import HTTPTransport
internal import JSON
internal import Jobs
internal import Logging
internal import MCP
internal import Observability

/// What a tool call costs this server beside its network: CPU time and memory, in a release build.
///
/// Prints one line per figure and fails when one is over its budget.
@main struct ToolCost {
    static func main() async throws {
        var isWithinBudget = true
        func report(_ name: String, _ value: Double, _ unit: String, budget: Double) {
            let fits = value < budget
            isWithinBudget = isWithinBudget && fits
            print("\(fits ? "ok  " : "OVER") \(name): \((value * 10).rounded() / 10) \(unit) (budget \(Int(budget)))")
        }
        let jobs = try Bench(CannedWorkspace { _ in CannedWorkspace.jobs })
        print("list_jobs: \(CannedWorkspace.jobs.count) bytes upstream")
        let listing = try await jobs.microseconds(of: "list_jobs", [:], repetitions: 5_000)
        report("list_jobs, parsing, shaping, encoding", listing, "us", budget: 150)
        report(
            "of which looking for credentials", Self.scanTime(of: Array(CannedWorkspace.jobs.dropLast(60))), "us",
            budget: 30)

        let pages = (0..<3).map(CannedWorkspace.run)
        let run = try Bench(CannedWorkspace { url in pages[url.contains("page2") ? 2 : url.contains("page1") ? 1 : 0] })
        print("get_run: \(pages.map(\.count).reduce(0, +)) bytes upstream, 250 tasks, 3 pages")
        for detail in ["summary", "standard", "full"] {
            let arguments: JSONValue = ["run_id": 520_113_840_226_918, "detail": .string(detail)]
            let time = try await run.microseconds(of: "get_run", arguments, repetitions: 100)
            report("get_run, detail \(detail)", time / 1000, "ms", budget: 30)
        }

        let output = CannedWorkspace.output()
        print("get_run_output: \(output.count) bytes upstream")
        // For the peak every answer is made anew, as one that arrives is; for the time it is there already.
        let fresh = try Bench(CannedWorkspace { _ in CannedWorkspace.output() })
        let before = try Self.resetPeakMemory()
        _ = try await fresh.call("get_run_output", ["run_id": 5])
        let copies = Double(try Self.status("VmHWM") - before) * 1024 / Double(output.count)
        report("get_run_output of a 5 MB log, memory at its peak", copies, "copies", budget: 3)
        let log = try Bench(CannedWorkspace { _ in output })
        let time = try await log.microseconds(of: "get_run_output", ["run_id": 5], repetitions: 20)
        report("get_run_output of a 5 MB log", time / 1000, "ms", budget: 30)

        await MetricsCost.measure { report($0, $1, $2, budget: $3) }
        guard isWithinBudget else { exit(1) }
    }

    /// Microseconds for one look at `text` (P-82).
    private static func scanTime(of text: [UInt8]) -> Double {
        let start = cpuMicroseconds()
        var found = 0
        for _ in 0..<2_000 where SecretMask.isSuspicious(text.span) { found += 1 }
        precondition(found == 0, "the canned list holds no credential")
        return Double(cpuMicroseconds() - start) / 2_000
    }

    /// CPU time of this process so far.
    static func cpuMicroseconds() -> Int64 {
        var time = timespec()
        // Fails only for an unknown clock or a bad address, clock_gettime(2).
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Makes the present memory the peak, proc(5).
    ///
    /// - Returns: Kibibytes in use.
    private static func resetPeakMemory() throws -> Int {
        let file = unsafe fopen("/proc/self/clear_refs", "w")
        guard let file = unsafe file else { throw Unreadable(name: "clear_refs") }
        unsafe fputs("5", file)
        unsafe fclose(file)
        return try status("VmRSS")
    }

    /// A figure of `/proc/self/status` in kibibytes.
    private static func status(_ name: String) throws -> Int {
        guard let file = unsafe fopen("/proc/self/status", "r") else { throw Unreadable(name: name) }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while unsafe fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("\(name):") else { continue }
            return text.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0
        }
        throw Unreadable(name: name)
    }

    private struct Unreadable: Error { let name: String }
}

/// The tools around a canned workspace.
struct Bench {
    private let tools: [any Tool<any WorkspaceTokenProviding>]

    init(_ workspace: CannedWorkspace) throws {
        let client = DatabricksClient(
            workspace: try Workspace(host: "https://adb-1234567890123456.7.azuredatabricks.net"), transport: workspace,
            configuration: DatabricksClient.Configuration(userAgent: UserAgent(version: "1.0.0")))
        tools = JobsTools.all(client: client)
    }

    /// Calls a tool and encodes its result as the answer does.
    func call(_ name: String, _ arguments: JSONValue) async throws -> Int {
        guard let tool = tools.first(where: { $0.definition.name == name }) else { return 0 }
        let document = try JSONDocument(parsing: arguments.serialized, limits: .request)
        let checked = try ToolArguments(document.root, for: tool.definition)
        let context = ToolContext<any WorkspaceTokenProviding>(caller: FixedToken(), deadline: .now + .seconds(60))
        let result = try await withLogger(Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }) { _ in
            try await tool.call(checked, in: context)
        }
        var writer = JSONWriter(capacity: result.structured.count + result.text.utf8.count + 512)
        writer.beginObject()
        writer.key("text")
        writer.string(result.text)
        writer.key("structuredContent")
        writer.raw(result.structured)
        writer.endObject()
        return writer.bytes.count
    }

    /// CPU time per call, after a warm-up.
    func microseconds(of name: String, _ arguments: JSONValue, repetitions: Int) async throws -> Double {
        for _ in 0..<(repetitions / 5) { _ = try await call(name, arguments) }
        let start = ToolCost.cpuMicroseconds()
        var bytes = 0
        for _ in 0..<repetitions { bytes = try await call(name, arguments) }
        let time = Double(ToolCost.cpuMicroseconds() - start) / Double(repetitions)
        print("     \(name): \(bytes) bytes of result")
        return time
    }
}

/// A caller whose token is always the same.
struct FixedToken: WorkspaceTokenProviding {
    var identity: WorkspaceIdentity { .signedInUser }
    func require(_ access: JobsAccess) {}
    func workspaceToken(deadline: ContinuousClock.Instant) async throws -> WorkspaceToken {
        WorkspaceToken(secret: Secret("token"), id: 1)
    }
    func discardWorkspaceToken(_ token: WorkspaceToken) async {}
}
