internal import Glibc

/// Text that must never be printed: a client secret, a token, an assertion (E-155).
///
/// Interpolating, describing or mirroring it shows `<redacted>`; only ``revealed`` gives the text. Its bytes are
/// overwritten when the last copy is let go, so that a core dump or a later allocation does not find them; the texts
/// that ``revealed`` hands out are the standard library's and live as long as somebody uses them.
package struct Secret: Sendable, Hashable {
    private let storage: Storage

    /// Wraps `value`.
    package init(_ value: some StringProtocol) { storage = Storage(value.utf8) }

    /// The text itself, for the one place that sends it.
    package var revealed: String { storage.text }

    /// The length in bytes.
    package var count: Int { storage.count }

    /// Where the bytes lie, for the test that they are overwritten.
    package var address: UInt { unsafe UInt(bitPattern: storage.start) }

    /// Whether two secrets hold the same bytes.
    package static func == (left: Secret, right: Secret) -> Bool {
        guard left.storage !== right.storage else { return true }
        guard left.count == right.count else { return false }
        return unsafe memcmp(left.storage.start, right.storage.start, left.count) == 0
    }

    /// Feeds the bytes.
    package func hash(into hasher: inout Hasher) { unsafe hasher.combine(bytes: UnsafeRawBufferPointer(storage.bytes)) }

    /// The one owner of the bytes; they are written by `init` and `deinit` only, so threads may share it.
    @safe
    private final class Storage: @unchecked Sendable {
        let start: UnsafeMutablePointer<UInt8>
        let count: Int

        init(_ text: some Collection<UInt8>) {
            count = text.count
            unsafe start = .allocate(capacity: max(count, 1))
            _ = unsafe UnsafeMutableBufferPointer(start: start, count: count).initialize(fromContentsOf: text)
        }

        deinit {
            // Unlike `memset` before a `free`, the compiler may not leave it out.
            unsafe explicit_bzero(start, count)
            unsafe start.deallocate()
        }

        var bytes: UnsafeBufferPointer<UInt8> { unsafe UnsafeBufferPointer(start: start, count: count) }

        var text: String { unsafe String(decoding: bytes, as: UTF8.self) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<redacted>`.
    package var description: String { "<redacted>" }
    /// Always `<redacted>`.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` shows nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
