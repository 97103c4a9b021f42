/// Reads one HTTP/1.1 answer to a GET or POST from bytes that come in any pieces (RFC 9112).
///
/// Stricter than a browser: whatever two readers could understand differently is refused, because the reader on the
/// other side may be a proxy that then takes part of a body for the next answer. So there are no bare line feeds, no
/// folded fields, no blanks before a colon, one length at most, and `chunked` is the only coding.
package struct ResponseParser {
    /// Why this is no answer.
    package enum Problem: Error, Equatable {
        /// It is not HTTP/1.1, or two readers could disagree about it.
        case violation(String)
        /// It exceeds a bound.
        case tooLarge(String)
    }

    private enum State {
        case statusLine, fields, body(Int), untilClose, chunkSize, chunk(Int), chunkEnd, trailers, complete
    }

    /// The fields of an answer together, those of interim answers before it included.
    package static let maximumHeaderBytes = 64 * 1024

    /// The status code, 100 to 999.
    package private(set) var status = 0
    /// The fields, those of a trailer included.
    package private(set) var headers = HeaderList()
    /// What has come of the body.
    package private(set) var body: [UInt8] = []
    /// Whether at least one byte has come.
    package private(set) var hasBegun = false
    /// Whether a further answer may follow on the same connection.
    package var isReusable: Bool { isComplete && !closes && !hasSurplus }

    private let maximumBytes: Int
    private var state = State.statusLine
    private var line: [UInt8] = []  // the part of a line that came before the rest of it
    private var headerBytes = 0
    private var length: Int?
    private var isChunked = false
    private var isOldVersion = false
    private var closes = false
    private var hasSurplus = false

    /// - Parameter maximumBytes: The longest body that is accepted.
    package init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Whether the whole answer is there.
    package var isComplete: Bool { if case .complete = state { true } else { false } }

    /// Takes the next bytes.
    ///
    /// - Throws: ``Problem``; nothing may follow then.
    package mutating func feed(_ bytes: Span<UInt8>) throws(Problem) {
        hasBegun = hasBegun || !bytes.isEmpty
        var position = 0
        while position < bytes.count {
            let rest = bytes.extracting(position...)
            switch state {
            case .complete:
                hasSurplus = true
                return
            case .untilClose: position += try append(rest)
            case .body(let left):
                let count = try append(rest.extracting(first: left))
                state = count == left ? .complete : .body(left - count)
                position += count
            case .chunk(let left):
                let count = try append(rest.extracting(first: left))
                state = count == left ? .chunkEnd : .chunk(left - count)
                position += count
            case .statusLine, .fields, .chunkSize, .chunkEnd, .trailers: position += try takeLine(rest)
            }
        }
    }

    /// Says that the connection has ended.
    ///
    /// - Returns: Whether the answer is complete with that.
    package mutating func end() -> Bool {
        if case .untilClose = state { state = .complete }
        return isComplete
    }

    private mutating func append(_ bytes: Span<UInt8>) throws(Problem) -> Int {
        guard bytes.count <= maximumBytes - body.count else { throw bodyTooLarge }
        unsafe bytes.withUnsafeBufferPointer { unsafe body.append(contentsOf: $0) }
        return bytes.count
    }

    private var bodyTooLarge: Problem { .tooLarge("the body is longer than \(maximumBytes) bytes") }
}

// MARK: Lines

extension ResponseParser {
    private mutating func takeLine(_ bytes: Span<UInt8>) throws(Problem) -> Int {
        var count = 0
        while count < bytes.count, bytes[count] != UInt8(ascii: "\n") { count += 1 }
        headerBytes += count + 1
        guard headerBytes <= ResponseParser.maximumHeaderBytes else {
            throw .tooLarge("the header is longer than \(ResponseParser.maximumHeaderBytes) bytes")
        }
        let isWhole = count < bytes.count
        let piece = bytes.extracting(first: count)
        guard line.isEmpty, isWhole else {
            unsafe piece.withUnsafeBufferPointer { unsafe line.append(contentsOf: $0) }
            if case .statusLine = state, !line.span.startsAnAnswer { throw .violation("no HTTP/1.1 answer") }
            guard isWhole else { return count }
            let whole = line
            line.removeAll(keepingCapacity: true)
            try take(line: whole.span)
            return count + 1
        }
        try take(line: piece)
        return count + 1
    }

    private mutating func take(line: Span<UInt8>) throws(Problem) {
        guard line.count > 0, line[line.count - 1] == UInt8(ascii: "\r") else { throw .violation("a bare line feed") }
        let line = line.extracting(first: line.count - 1)
        switch state {
        case .statusLine: try takeStatus(line)
        case .fields: if line.isEmpty { try endHeader() } else { try takeField(line) }
        case .trailers: if line.isEmpty { state = .complete } else { try takeField(line) }
        case .chunkSize: try takeChunkSize(line)
        case .chunkEnd:
            guard line.isEmpty else { throw .violation("a chunk is longer than announced") }
            state = .chunkSize
        case .body, .untilClose, .chunk, .complete: break  // not made of lines
        }
    }

    /// `HTTP/1.1 200 OK`, where reason and the blank before it may be missing.
    private mutating func takeStatus(_ line: Span<UInt8>) throws(Problem) {
        guard line.startsAnAnswer, line.count >= 12, line[8] == UInt8(ascii: " "),
            line.count == 12 || line[12] == UInt8(ascii: " "), line.extracting(12...).allSatisfy(isValueByte),
            let status = line.extracting(9..<12).number(radix: 10, maximumDigits: 3), status >= 100
        else { throw .violation("no HTTP/1.1 answer") }
        isOldVersion = line[7] == UInt8(ascii: "0")
        self.status = status
        state = .fields
    }

    private mutating func takeChunkSize(_ line: Span<UInt8>) throws(Problem) {
        headerBytes = 0  // the lines around chunks are bounded one by one
        var end = 0
        while end < line.count, line[end] != UInt8(ascii: ";") { end += 1 }
        guard let size = line.extracting(first: end).number(radix: 16, maximumDigits: 15),
            line.extracting(end...).allSatisfy(isValueByte)
        else { throw .violation("a chunk without length") }
        guard size <= maximumBytes - body.count else { throw bodyTooLarge }
        state = size == 0 ? .trailers : .chunk(size)
    }
}

// MARK: Fields

extension ResponseParser {
    private mutating func takeField(_ line: Span<UInt8>) throws(Problem) {
        var colon = 0
        while colon < line.count, isTokenByte(line[colon]) { colon += 1 }
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":"),
            line.extracting((colon + 1)...).allSatisfy(isValueByte)
        else { throw .violation("a malformed header field") }
        unsafe line.withUnsafeBufferPointer { unsafe headers.append(line: UnsafeRawBufferPointer($0)) }
        if case .trailers = state { return }  // says nothing about the body any more
        let name = line.extracting(first: colon)
        let rest = line.extracting((colon + 1)...)
        let value = rest.extracting(rest.withoutBlanks)
        if name.equals("content-length") {
            guard length == nil, let number = value.number(radix: 10, maximumDigits: 18) else {
                throw .violation("no length, or two")
            }
            length = number
        } else if name.equals("transfer-encoding") {
            guard !isChunked, !isOldVersion, value.equals("chunked") else {
                throw .violation("a transfer coding other than chunked")
            }
            isChunked = true
        } else if name.equals("connection") {
            closes = closes || !value.equals("keep-alive")
        }
    }

    private mutating func endHeader() throws(Problem) {
        guard !isChunked || length == nil else { throw .violation("two ways to find the end of the body") }
        guard status != 101 else { throw .violation("a switch of protocols that nobody asked for") }
        if status < 200 {
            // The fields of an interim answer do not belong to the answer.
            (headers, length, isChunked, closes, state) = (HeaderList(), nil, false, false, .statusLine)
            return
        }
        closes = closes || isOldVersion
        if status == 204 || status == 304 {
            state = .complete
        } else if isChunked {
            state = .chunkSize
        } else if let length {
            guard length <= maximumBytes else { throw bodyTooLarge }
            body.reserveCapacity(length)
            state = length == 0 ? .complete : .body(length)
        } else {
            closes = true
            state = .untilClose
        }
    }
}

extension Span<UInt8> {
    /// Whether this is the beginning of a status line, or could become one.
    fileprivate var startsAnAnswer: Bool {
        for (index, byte) in "HTTP/1.".utf8.enumerated() where index < count && self[index] != byte { return false }
        return count < 8 || self[7] == UInt8(ascii: "0") || self[7] == UInt8(ascii: "1")
    }

    /// The number that these digits, and nothing else, are; `nil` also when there are none or too many.
    fileprivate func number(radix: Int, maximumDigits: Int) -> Int? {
        guard (1...maximumDigits).contains(count) else { return nil }
        var number = 0
        for index in indices {
            let byte = self[index]
            let digit =
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
                default: UInt8.max
                }
            guard digit < radix else { return nil }
            number = number * radix + Int(digit)
        }
        return number
    }

    /// Where the bytes between the blanks around them are.
    fileprivate var withoutBlanks: Range<Int> {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        var (start, end) = (0, count)
        while start < end, isBlank(self[start]) { start += 1 }
        while start < end, isBlank(self[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Whether these are the letters of `text`, which is lower-case ASCII, in any case.
    fileprivate func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { expected in
            for index in indices {
                let byte = self[index]
                let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                if unsafe (isUpper ? byte | 0x20 : byte) != expected[index] { return false }
            }
            return true
        }
    }

    fileprivate func allSatisfy(_ isFit: (UInt8) -> Bool) -> Bool {
        for index in indices where !isFit(self[index]) { return false }
        return true
    }
}
