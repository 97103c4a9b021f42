internal import HTTPTransport
internal import TestSupport
internal import Testing

@Suite("ResponseParser: answers as RFC 9112 has them", .patient)
struct ResponseParserTests {
    struct Answer: CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        let status: Int
        let body: String
        var isReusable = true
        var endsWithConnection = false

        static let all: [Answer] = [
            Answer(
                testDescription: "a length", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", status: 200,
                body: "hello"),
            Answer(
                testDescription: "no reason", bytes: "HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", status: 200, body: ""),
            Answer(
                testDescription: "two interim answers",
                bytes: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
                    + "HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", status: 201, body: "x"),
            Answer(
                testDescription: "chunks with extensions and a trailer",
                bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                    + "4;a=b\r\nabcd\r\n0A\r\n0123456789\r\n000\r\nX-Sum: 7\r\nContent-Length: 3\r\n\r\n", status: 200,
                body: "abcd0123456789"),
            Answer(
                testDescription: "the end of the connection", bytes: "HTTP/1.1 200 OK\r\n\r\nall of it", status: 200,
                body: "all of it", isReusable: false, endsWithConnection: true),
            Answer(
                testDescription: "a connection that closes",
                bytes: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", status: 200, body: "ok",
                isReusable: false),
            Answer(
                testDescription: "HTTP/1.0", bytes: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", status: 200,
                body: "ok", isReusable: false),
            Answer(
                testDescription: "no body by status, whatever the length",
                bytes: "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", status: 304, body: ""),
            Answer(
                testDescription: "bytes behind the end",
                bytes: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", status: 200, body: "ok",
                isReusable: false),
        ]
    }

    @Test("Reads, in pieces of any size,", arguments: Answer.all)
    func reads(_ row: Answer) throws {
        let bytes = Array(row.bytes.utf8)
        for size in 1...bytes.count {
            var parser = ResponseParser(maximumBytes: 100)
            for start in stride(from: 0, to: bytes.count, by: size) {
                try parser.feed(bytes[start..<min(start + size, bytes.count)].span)
            }

            #expect(parser.isComplete == !row.endsWithConnection)
            let isComplete = parser.end()
            #expect(isComplete)
            #expect(parser.status == row.status)
            #expect(parser.body == Array(row.body.utf8))
            #expect(parser.isReusable == row.isReusable)
            #expect(parser.headers["link"] == nil)
        }
    }

    struct BadAnswer: CustomTestStringConvertible {
        let testDescription: String
        let bytes: String

        static let all: [BadAnswer] = [
            ("no status line", "220 mail.example ESMTP\r\n"), ("the first letter of TLS", "\u{15}"),
            ("HTTP/2", "HTTP/2 200\r\n"), ("HTTP/1.2", "HTTP/1.2 200 OK\r\n"),
            ("a status of words", "HTTP/1.1 abc\r\n"),
            ("a status of four digits", "HTTP/1.1 2000 OK\r\n"), ("a status below 100", "HTTP/1.1 099 OK\r\n"),
            ("a control character in the reason", "HTTP/1.1 200 O\u{1}K\r\n"),
            ("a bare line feed", "HTTP/1.1 200 OK\n"),
            ("a switch of protocols", "HTTP/1.1 101 Switching\r\n\r\n"),
            ("a blank before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n"),
            ("a folded field", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n"), ("no colon", "HTTP/1.1 200 OK\r\nabc\r\n"),
            ("a field without name", "HTTP/1.1 200 OK\r\n: abc\r\n"),
            ("a carriage return in a value", "HTTP/1.1 200 OK\r\nA: b\rContent-Length: 5\r\n"),
            ("a zero byte in a value", "HTTP/1.1 200 OK\r\nA: b\u{0}\r\n"),
            ("a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n"),
            ("a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n"),
            ("a hexadecimal length", "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n"),
            ("an empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n"),
            ("a length beyond all integers", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n"),
            ("a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n"),
            ("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length: 6\r\n"),
            (
                "a length and chunks",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
            ),
            (
                "chunks and a length",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
            ),
            ("a coding beside chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n"),
            ("a disguised coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: \u{b}chunked\r\n"),
            ("chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
            ("chunks of HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n"),
            ("a chunk without length", chunks("zz\r\n")), ("a chunk with an empty length", chunks("\r\n")),
            ("a chunk with a blank in its length", chunks("5 \r\n")), ("a chunk of negative length", chunks("-5\r\n")),
            ("a chunk with a prefix to its length", chunks("0x5\r\n")),
            ("a chunk whose length ends in a line feed", chunks("5\n")),
            ("a chunk longer than announced", chunks("5\r\n123456\r\n")),
            ("a chunk that ends in a line feed", chunks("5\r\n12345\n")),
            ("a malformed trailer", chunks("0\r\na b: c\r\n")),
        ].map { BadAnswer(testDescription: $0.0, bytes: $0.1) }

        private static func chunks(_ text: String) -> String {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + text
        }
    }

    @Test("Refuses", arguments: BadAnswer.all)
    func refuses(_ row: BadAnswer) {
        for size in [1, 7, row.bytes.utf8.count] {
            let problem = problem(of: Array(row.bytes.utf8), in: size)

            guard case .violation = problem else {
                Issue.record("\(String(describing: problem))")
                continue
            }
        }
    }

    @Test(
        "Stops at the bound of",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n",
            "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 101),
            "HTTP/1.1 200 " + String(repeating: "x", count: 70_000),
            "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 11_000),
            String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 3_000),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + String(repeating: "X: y\r\n", count: 11_000),
        ])
    func bounds(bytes: String) {
        for size in [1_000, bytes.utf8.count] {
            let problem = problem(of: Array(bytes.utf8), in: size)

            guard case .tooLarge = problem else {
                Issue.record("\(String(describing: problem))")
                continue
            }
        }
    }

    @Test("Many small chunks are no long header")
    func manyChunks() throws {
        var parser = ResponseParser(maximumBytes: 20_000)
        let text =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + String(repeating: "1\r\nx\r\n", count: 20_000)
        let bytes = Array(text.utf8)
        try parser.feed(bytes.span)

        #expect(parser.body.count == 20_000)
        let isComplete = parser.end()
        #expect(!isComplete)
    }

    private func problem(of bytes: [UInt8], in size: Int) -> ResponseParser.Problem? {
        var parser = ResponseParser(maximumBytes: 100)
        do throws(ResponseParser.Problem) {
            for start in stride(from: 0, to: bytes.count, by: size) {
                try parser.feed(bytes[start..<min(start + size, bytes.count)].span)
            }
            return nil
        } catch {
            return error
        }
    }
}
