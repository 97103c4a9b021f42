internal import CSystemd
internal import Glibc

/// The systemd journal, spoken to in its native protocol, so that every fact gets a field of its own.
package enum Journal {
    /// One field of an entry.
    package typealias Field = (name: String, value: [UInt8])

    /// Whether what this process writes to standard error goes to the journal.
    package static var isStandardError: Bool {
        guard let stream = unsafe getenv("JOURNAL_STREAM") else { return false }
        return unsafe isStream(STDERR_FILENO, String(cString: stream))
    }

    /// Whether there is a journal to send to.
    package static var listens: Bool { unsafe access("/run/systemd/journal/socket", W_OK) == 0 }

    /// Whether `descriptor` is the connection to the journal that `JOURNAL_STREAM` names.
    ///
    /// A process whose output was redirected since then still has the variable, so the two are compared
    /// (systemd.exec(5)).
    /// - Parameters:
    ///   - descriptor: A file descriptor.
    ///   - journalStream: The variable's value: device and inode number, in decimal, with a colon between them.
    /// - Returns: `false` also for malformed text and a closed descriptor.
    package static func isStream(_ descriptor: CInt, _ journalStream: String) -> Bool {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return journalStream == "\(status.st_dev):\(status.st_ino)"
    }

    /// Sends one entry; values may hold line breaks and any bytes.
    ///
    /// - Parameter fields: Names as ``fieldName(for:)`` makes them; the journal drops others without a word.
    /// - Returns: 0, also where no journal runs, or a negative `errno` value (sd_journal_sendv(3)).
    @discardableResult
    package static func send(_ fields: [Field]) -> CInt {
        // All fields go into one buffer, so that one pointer scope covers every iovec.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.count + 1 })
        var ends: [Int] = []
        for field in fields {
            bytes += field.name.utf8
            bytes.append(UInt8(ascii: "="))
            bytes += field.value
            ends.append(bytes.count)
        }
        return unsafe bytes.withUnsafeMutableBytes { buffer in
            var start = 0
            let vectors = unsafe ends.map { end in
                defer { start = end }
                return unsafe iovec(iov_base: buffer.baseAddress?.advanced(by: start), iov_len: end - start)
            }
            return unsafe csystemd_journal_send(vectors, CInt(vectors.count))
        }
    }

    /// The field for a metadata key: `correlation.id` becomes `CORRELATION_ID`.
    ///
    /// The journal takes upper-case letters, digits and underscores, at most 64 of them, the first one a letter; a
    /// leading underscore marks the fields that it sets itself (systemd.journal-fields(7)). A key that does not give
    /// such a name, or that would stand beside an entry's text or urgency, is put behind `FIELD_`.
    ///
    /// - Parameter key: Any text.
    /// - Returns: A name that the journal accepts.
    package static func fieldName(for key: String) -> String {
        let mapped = key.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        let name = String(decoding: mapped.drop { $0 == UInt8(ascii: "_") }, as: UTF8.self)
        let isUsable = name.first?.isLetter == true && !ownNames.contains(name)
        return String((isUsable ? name : "FIELD_" + name).prefix(64))
    }

    /// What every entry has once, from the program itself or from the journal.
    private static let ownNames: Set<String> = ["MESSAGE", "MESSAGE_ID", "PRIORITY", "SYSLOG_IDENTIFIER"]
}
