internal import HTTPServer
internal import HTTPTypes
internal import NIOCore
internal import NIOEmbedded
internal import NIOHTTP1
internal import Observability

/// What holds for all bytes of a client: they read the same in any pieces, what is served has one host and clean fields,
/// and what cannot be read has one reason.
enum RequestHeadProperties {
    /// What came of bytes.
    private struct Outcome: Equatable {
        var heads: [HTTPRequestHead] = []
        var bodyBytes = 0
        var ends = 0
        var failure: UnreadableRequest.Reason?
    }

    static func check(_ input: [UInt8]) throws(Violation) {
        let whole = try read(input, pieces: input.count)
        for size in [1, 2, 7] {
            let pieces = try read(input, pieces: size)
            try require(
                pieces.heads == whole.heads && pieces.bodyBytes == whole.bodyBytes && pieces.ends == whole.ends
                    && (pieces.failure == nil) == (whole.failure == nil),
                "RFC 9112: requests read the same in pieces of \(size) bytes")
        }
        for head in whole.heads { try check(head) }
        try checkCopies(String(decoding: input.prefix(256), as: UTF8.self))
    }

    private static func read(_ input: [UInt8], pieces size: Int) throws(Violation) -> Outcome {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        let limits = ConnectionLimits()
        var outcome = Outcome()
        do {
            try channel.pipeline.syncOperations.addHandler(
                ByteToMessageHandler(RequestDecoder(limits), maximumBufferSize: limits.maximumHeadersBytes * 2))
            for start in stride(from: 0, to: input.count, by: max(1, size)) {
                try channel.writeInbound(ByteBuffer(bytes: input[start..<min(start + size, input.count)]))
            }
        } catch {
            outcome.failure = (error as? UnreadableRequest)?.reason ?? .other
        }
        while let part = try succeed(
            "what is read are parts", { try channel.readInbound(as: HTTPServerRequestPart.self) })
        {
            switch part {
            case .head(let head): outcome.heads.append(head)
            case .body(let bytes): outcome.bodyBytes += bytes.readableBytes
            case .end: outcome.ends += 1
            }
        }
        return outcome
    }

    private static func check(_ parsed: HTTPRequestHead) throws(Violation) {
        let received = ReceivedHead(parsed, maximumFieldBytes: 1_000)
        let hosts = parsed.headers["host"].count
        try require(
            hosts == 1 || hosts == 0 && parsed.version.minor == 0 || received.problem != nil, "RFC 9112: one Host")
        guard received.problem == nil else { return }
        try require(!received.path.contains("?") && !received.path.isEmpty, "a path ends before its query")
        try require(received.head.headerFields[values: .init("Host") ?? .accept].isEmpty, "Host is the authority alone")
        for field in received.head.headerFields {
            try require(
                field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
                    && (field.value.utf8.count <= 1_000 || field.name == .authorization),
                "RFC 9110: a field has no control characters and its measure")
        }
    }

    /// A value and its copies say the same; another value beside it says something else.
    private static func checkCopies(_ text: String) throws(Violation) {
        let value = SingleValue.withoutCopies(text)
        try require(SingleValue.withoutCopies(value) == value, "of one copy there is one copy")
        try require(SingleValue([text, value, text]) == .value(value), "copies are one")
        guard !value.isEmpty, !value.utf8.contains(UInt8(ascii: ",")) else { return }
        try require(SingleValue(["\(value), \(value),\(value)"]) == .value(value), "joined copies are one")
        try require(SingleValue([value, value + "x"]).value == nil, "what differs is several")
    }
}
