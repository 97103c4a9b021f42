internal import HTTPTransport

/// What holds for every answer of a host: it reads the same in any pieces, nothing exceeds its bound, and what follows
/// it on the connection never becomes part of it.
enum ResponseParserProperties {
    private static let maximumBytes = 1000

    static func check(_ input: [UInt8]) throws(Violation) {
        let whole = parse(input, pieces: input.count)
        try checkBounds(whole)
        for size in [1, 2, 7] {
            let pieces = parse(input, pieces: size)
            try require((pieces == nil) == (whole == nil), "RFC 9112: refused in one piece, refused in all")
            try require(
                pieces?.status == whole?.status && pieces?.body == whole?.body
                    && pieces?.isComplete == whole?.isComplete && pieces?.isReusable == whole?.isReusable,
                "RFC 9112: an answer reads the same in pieces of \(size) bytes")
        }
        if let whole, whole.isReusable { try checkFollowed(input, whole) }
    }

    /// `nil` when it is refused.
    private static func parse(_ input: [UInt8], pieces size: Int) -> ResponseParser? {
        var parser = ResponseParser(maximumBytes: maximumBytes)
        do throws(ResponseParser.Problem) {
            for start in stride(from: 0, to: input.count, by: max(1, size)) {
                try parser.feed(input[start..<min(start + size, input.count)].span)
            }
            return parser
        } catch {
            return nil
        }
    }

    private static func checkBounds(_ parser: ResponseParser?) throws(Violation) {
        guard let parser else { return }
        try require(parser.body.count <= maximumBytes, "a body stays within its bound, unlike \(parser.body.count)")
        try require(!parser.isComplete || 200...999 ~= parser.status, "no answer is \(parser.status)")
        for field in parser.headers.fields {
            let isClean = field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            try require(isClean && !field.name.isEmpty, "RFC 9110: a field has a name and no control characters")
        }
    }

    /// An answer that leaves the connection usable is not changed by the next one, and ends that use if it comes unasked.
    private static func checkFollowed(_ input: [UInt8], _ whole: ResponseParser) throws(Violation) {
        let followed = parse(input + Array("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx".utf8), pieces: 5)
        try require(
            followed?.status == whole.status && followed?.body == whole.body && followed?.isReusable == false,
            "what comes behind an answer is no part of it")
    }
}
