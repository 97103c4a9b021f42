internal import Glibc

/// What the kernel says of this process, under the names that Prometheus' own clients use.
///
/// The files of `/proc` are made of memory when they are read; no disk is waited for. Where there is no `/proc`, the
/// figures from it are absent.
package enum ProcessFigures {
    /// The metrics, in the order of ``read()``.
    package static let names = [
        MetricNames.processCPU, MetricNames.processMaximumFiles, MetricNames.processOpenFiles,
        MetricNames.processThreads, MetricNames.processVirtualMemory, MetricNames.processResidentMemory,
        MetricNames.processStart,
    ]

    /// The figures of this moment; `nil` for one that the kernel does not tell.
    package static func read() -> [Double?] {
        [cpuSeconds(), maximumFiles(), openFiles()] + figures(ProcessStatus("/proc/self/stat"))
    }

    /// Memory in use by the process, in bytes; `nil` where the kernel does not tell.
    package static var residentBytes: Int? { figures(ProcessStatus("/proc/self/stat"))[2].map { Int($0) } }

    private static func figures(_ status: ProcessStatus?) -> [Double?] {
        guard let status else { return [nil, nil, nil, nil] }
        return [
            status.threads, status.virtualBytes, status.residentPages * Double(sysconf(Int32(_SC_PAGESIZE))),
            bootTime.map { $0 + status.startTicks / Double(sysconf(Int32(_SC_CLK_TCK))) },
        ]
    }

    private static func cpuSeconds() -> Double? {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func maximumFiles() -> Double? {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    /// Counts the entries of `/proc/self/fd`, without the one that is open for it.
    private static func openFiles() -> Double? {
        guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(folder) }
        // ".", ".." and the folder itself.
        var count = -3
        while unsafe readdir(folder) != nil { count += 1 }
        return Double(count)
    }

    /// When the machine was started, in seconds since 1970.
    ///
    /// From the clocks, because a hardened unit hides `/proc/stat` (`ProcSubset=pid`).
    private static let bootTime: Double? = {
        var (now, sinceBoot) = (timespec(), timespec())
        guard unsafe clock_gettime(CLOCK_REALTIME, &now) == 0,
            unsafe clock_gettime(CLOCK_BOOTTIME, &sinceBoot) == 0
        else { return nil }
        return Double(now.tv_sec - sinceBoot.tv_sec) + Double(now.tv_nsec - sinceBoot.tv_nsec) / 1e9
    }()
}

/// Some fields of `/proc/PID/stat`, proc_pid_stat(5).
package struct ProcessStatus {
    /// Fields 20, 22, 23 and 24.
    package let threads, startTicks, virtualBytes, residentPages: Double

    /// Reads a file; `nil` when there is none of this kind at `path`.
    package init?(_ path: String) {
        guard let bytes = BoundedFile.bytes(of: path, limit: 4_096) else { return nil }
        self.init(parsing: bytes)
    }

    /// - Parameter bytes: One line; the program's name, the second field, may hold blanks and parentheses.
    package init?(parsing bytes: [UInt8]) {
        guard let end = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        // The first of these is field 3.
        let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 21 else { return nil }
        let numbers = [20, 22, 23, 24].compactMap { Double(String(decoding: fields[$0 - 3], as: UTF8.self)) }
        guard numbers.count == 4 else { return nil }
        (threads, startTicks, virtualBytes, residentPages) = (numbers[0], numbers[1], numbers[2], numbers[3])
    }
}
