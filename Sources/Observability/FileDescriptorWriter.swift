internal import Glibc

/// Writes whole buffers to a file descriptor.
package enum FileDescriptorWriter {
    /// Bytes that are written at once.
    private static let chunk = 64 << 10

    /// Writes a line for each record, some at a time, waiting when a pipe is full.
    ///
    /// - Parameters:
    ///   - records: The oldest first.
    ///   - descriptor: An open file descriptor.
    ///   - line: Appends the record without the line break.
    /// - Returns: How many records are lost, because nobody can read any more.
    static func write(
        _ records: [LogRecord], to descriptor: CInt, line: (LogRecord, inout [UInt8]) -> Void
    ) -> Int {
        var (bytes, waiting, lost): ([UInt8], Int, Int) = ([], 0, 0)
        for (number, record) in records.enumerated() {
            line(record, &bytes)
            bytes.append(UInt8(ascii: "\n"))
            waiting += 1
            guard bytes.count >= chunk || number == records.count - 1 else { continue }
            if !write(bytes, to: descriptor) { lost += waiting }
            bytes.removeAll(keepingCapacity: true)
            waiting = 0
        }
        return lost
    }

    /// Writes all of `bytes`, waiting when a pipe is full.
    ///
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - descriptor: An open file descriptor.
    ///   - patience: How long to wait for room, in milliseconds each time; `nil` waits for ever.
    /// - Returns: Whether all of it was written: not when nobody can read any more, or patience has ended.
    @discardableResult
    package static func write(_ bytes: [UInt8], to descriptor: CInt, patience: CInt? = nil) -> Bool {
        var written = 0
        while written < bytes.count {
            if let patience, !hasRoom(descriptor, within: patience) { return false }
            // A pipe that polls as writable takes this much without blocking, pipe(7).
            let length = patience == nil ? bytes.count - written : min(bytes.count - written, Int(PIPE_BUF))
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), length)
            }
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                _ = hasRoom(descriptor, within: 1_000)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    private static func hasRoom(_ descriptor: CInt, within milliseconds: CInt) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&poller, 1, milliseconds) > 0
    }
}
