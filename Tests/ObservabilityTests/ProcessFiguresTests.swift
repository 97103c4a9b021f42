internal import Foundation
internal import Observability
internal import Testing

@Suite struct ProcessFiguresTests {
    private func figures() -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: zip(ProcessFigures.names, ProcessFigures.read()).compactMap { name, value in
                value.map { (name, $0) }
            })
    }

    @Test("Says what the kernel says of this process")
    func plausible() throws {
        let figures = figures()
        #expect(figures.count == ProcessFigures.names.count)
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        func field(_ name: String) -> Double? {
            status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
                .flatMap { Double($0.split { !$0.isNumber }.first ?? "") }
        }
        let resident = try #require(figures[MetricNames.processResidentMemory])
        let kernels = try #require(field("VmRSS")) * 1_024
        #expect(abs(resident - kernels) < kernels / 2)
        #expect(try #require(figures[MetricNames.processVirtualMemory]) > resident)
        #expect(try #require(figures[MetricNames.processThreads]) >= 1)
        #expect(try #require(figures[MetricNames.processCPU]) > 0)
        #expect(try #require(figures[MetricNames.processMaximumFiles]) >= 3)
        let start = try #require(figures[MetricNames.processStart])
        #expect(start < Date.now.timeIntervalSince1970 + 60 && start > Date.now.timeIntervalSince1970 - 86_400)
    }

    @Test("Counts an open file, and not the folder that it looks into")
    func openFiles() throws {
        // Other tests open and close files meanwhile; 200 of ours stand out.
        let before = try #require(figures()[MetricNames.processOpenFiles])
        let files = try (0..<200).map { _ in try FileHandle(forReadingFrom: URL(filePath: "/proc/self/stat")) }
        let during = try #require(figures()[MetricNames.processOpenFiles])
        #expect(during - before > 150 && during - before < 250)
        for file in files { try file.close() }
    }

    @Test("Reads past a program name with blanks and parentheses; proc_pid_stat(5)")
    func oddName() throws {
        let tail = (3...52).map(String.init).joined(separator: " ")
        let status = try #require(ProcessStatus(parsing: Array("1 (a) b (c)) \(tail)\n".utf8)))
        #expect(status.threads == 20 && status.startTicks == 22)
        #expect(status.virtualBytes == 23 && status.residentPages == 24)
    }

    @Test("Without /proc there are no figures from it", arguments: ["/nowhere/stat", "/proc/self/environ"])
    func absent(path: String) {
        #expect(ProcessStatus(path) == nil)
    }
}
