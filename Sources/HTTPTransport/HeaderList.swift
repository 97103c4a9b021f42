internal import Glibc

/// HTTP header fields in order; names compare without regard to case, and may repeat.
///
/// The fields live in one array of bytes, as `name: value` lines that each end in a zero byte: a response's fields are
/// copied once and turned into strings only when asked for.
package struct HeaderList: Sendable {
    private var lines: [UInt8] = []

    /// Whether HTTP can carry every field given to ``append(_:_:)``; a request is refused otherwise.
    package private(set) var isValid = true

    /// No fields.
    package init() {}

    /// Adds a field after those that are there.
    ///
    /// A name that is no RFC 9110 token, and a value with a control character, would let its author write further
    /// fields or a second request. Such a field is left out and makes the list unsendable.
    /// - Parameters:
    ///   - name: The field's name.
    ///   - value: Its value; space around it has no meaning in HTTP and is removed by the receiver.
    package mutating func append(_ name: String, _ value: String) {
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte), value.utf8.allSatisfy(isValueByte) else {
            isValid = false
            return
        }
        lines.reserveCapacity(lines.count + name.utf8.count + value.utf8.count + 3)
        lines.append(contentsOf: name.utf8)
        lines.append(UInt8(ascii: ":"))
        lines.append(UInt8(ascii: " "))
        lines.append(contentsOf: value.utf8)
        lines.append(0)
    }

    /// The value of the first field called `name`, in any case of letters.
    package subscript(name: String) -> String? {
        var found: String?
        forEachLine { line in
            guard let colon = line.matches(name) else { return true }
            found = line.value(after: colon)
            return false
        }
        return found
    }

    /// The values of all fields called `name`, in any case of letters, in order.
    package func values(for name: String) -> [String] {
        var found: [String] = []
        forEachLine { line in
            if let colon = line.matches(name) { found.append(line.value(after: colon)) }
            return true
        }
        return found
    }

    /// All fields, in order.
    package var fields: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        forEachLine { line in
            if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                fields.append((String(decoding: line[..<colon], as: UTF8.self), line.value(after: colon)))
            }
            return true
        }
        return fields
    }

    /// Whether there is no field.
    package var isEmpty: Bool { lines.isEmpty }
}

// MARK: - Lines as libcurl hands them out and takes them

extension HeaderList {
    /// How many bytes the fields take.
    var byteCount: Int { lines.count }

    /// Takes over one field line of a response, with or without the line break at its end.
    mutating func append(line: UnsafeRawBufferPointer) {
        var count = line.count
        while count > 0, unsafe line[count - 1] == UInt8(ascii: "\n") || line[count - 1] == UInt8(ascii: "\r") {
            count -= 1
        }
        if lines.isEmpty { lines.reserveCapacity(512) }
        unsafe lines.append(contentsOf: line.prefix(count))
        lines.append(0)
    }

    /// Forgets all fields but keeps the memory.
    mutating func removeAll() { lines.removeAll(keepingCapacity: true) }

    /// Writes each field as HTTP/1.1 does, with a line break at its end.
    func write(to output: inout [UInt8]) {
        forEachLine { line in
            // `append` leaves a blank after the colon of a field without value.
            output.append(contentsOf: line.last == UInt8(ascii: " ") ? line.dropLast() : line)
            output.append(UInt8(ascii: "\r"))
            output.append(UInt8(ascii: "\n"))
            return true
        }
    }

    /// Calls `body` with each line and, as C wants it, a zero byte at its end.
    func forEachCString(_ body: (UnsafePointer<CChar>) -> Void) {
        unsafe lines.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count, let base = bytes.baseAddress {
                let line = unsafe (base + start).assumingMemoryBound(to: CChar.self)
                unsafe body(line)
                while unsafe bytes[start] != 0 { start += 1 }
                start += 1
            }
        }
    }

    /// Calls `body` with each line until it returns `false`.
    private func forEachLine(_ body: (ArraySlice<UInt8>) -> Bool) {
        var start = 0
        while start < lines.count {
            // Credentials are long: the C library looks at many bytes at a time.
            let end = unsafe lines.withUnsafeBytes { bytes in
                guard let base = bytes.baseAddress else { return bytes.count }
                return unsafe memchr(base + start, 0, bytes.count - start).map { unsafe UnsafeRawPointer($0) - base }
                    ?? bytes.count
            }
            guard body(lines[start..<end]) else { return }
            start = end + 1
        }
    }
}

extension HeaderList: ExpressibleByDictionaryLiteral {
    /// The fields in the order in which they are written; see ``append(_:_:)``.
    package init(dictionaryLiteral fields: (String, String)...) {
        for (name, value) in fields { append(name, value) }
    }
}

extension HeaderList: CustomStringConvertible {
    /// The names only: values may be credentials.
    package var description: String { fields.map(\.name).joined(separator: ", ") }
}

extension ArraySlice<UInt8> {
    /// The index of the colon when this `name: value` line has the given name.
    fileprivate func matches(_ name: String) -> Int? {
        let colon = startIndex + name.utf8.count
        guard colon < endIndex, self[colon] == UInt8(ascii: ":") else { return nil }
        return zip(self[..<colon], name.utf8).allSatisfy({ lowercased($0) == lowercased($1) }) ? colon : nil
    }

    /// What follows the colon, without the blanks around it.
    fileprivate func value(after colon: Int) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var value = self[(colon + 1)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        return String(decoding: value, as: UTF8.self)
    }
}

private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}

/// RFC 9110 section 5.6.2.
func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
        UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
        true
    default: false
    }
}

/// RFC 9110 section 5.5: visible characters, blanks, and bytes above ASCII.
func isValueByte(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t")
}
