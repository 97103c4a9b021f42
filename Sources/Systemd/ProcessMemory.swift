internal import CSystemd
internal import Glibc

/// Protects the memory of this process, which holds other people's tokens, from dumps and debuggers.
package enum ProcessMemory {
    /// Keeps it from being dumped to disk, and from being read by other processes of the same user.
    ///
    /// - Returns: Whether the system agreed to both.
    package static func forbidDumps() -> Bool {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        let isLimited = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0
        return csystemd_forbid_dumps() == 0 && isLimited
    }

    /// Bytes of the heap that belong to something.
    ///
    /// Looks through the allocator's lists: for now and then, not for each request.
    package static var allocatedBytes: Int { csystemd_allocated_bytes() }

    /// Gives what is free in the heap back to the system.
    ///
    /// - Returns: Whether anything was.
    @discardableResult
    package static func giveBack() -> Bool { csystemd_trim_heap() == 1 }
}
