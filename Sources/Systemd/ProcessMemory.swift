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
}
