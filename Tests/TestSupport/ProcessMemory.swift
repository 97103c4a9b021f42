internal import Foundation

/// This process's own memory, also where it belongs to nobody any more: only the kernel can read it safely then.
package enum ProcessMemory {
    /// The bytes at `address`; fewer where the memory was given back.
    package static func bytes(at address: UInt, count: Int) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: "/proc/self/mem") else { return [] }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 1, count: count)
        let read = unsafe bytes.withUnsafeMutableBytes {
            unsafe pread(file.fileDescriptor, $0.baseAddress, $0.count, off_t(address))
        }
        return Array(bytes.prefix(max(read, 0)))
    }
}
