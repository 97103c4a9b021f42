package import NIOCore
package import NIOHTTP1

/// NIO's decoder of requests, whose failures name what came.
///
/// A parser stops at the first byte that is wrong; what a proxy or client has to change is seen in the bytes around it.
package final class RequestDecoder: ByteToMessageDecoder {
    /// What requests consist of.
    package typealias InboundOut = HTTPServerRequestPart

    private let decoder: HTTPRequestDecoder

    /// A decoder for one connection.
    package init(_ limits: ConnectionLimits) {
        var heads = NIOHTTPDecoderLimitConfiguration()
        // Of single fields, `ReceivedHead` judges: a token that is too large has an answer of its own.
        heads.maxHeaderFieldSize = limits.maximumHeadersBytes
        heads.maxHeaderListSize = limits.maximumHeadersBytes
        heads.maxHeaderFieldCount = limits.maximumHeaderCount
        decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: heads)
    }

    /// Part of `ByteToMessageDecoder`.
    package func decoderAdded(context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

    /// Part of `ByteToMessageDecoder`.
    package func decoderRemoved(context: ChannelHandlerContext) { decoder.decoderRemoved(context: context) }

    /// Hands on what `buffer` has.
    ///
    /// - Throws: ``UnreadableRequest``.
    package func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        do { return try decoder.decode(context: context, buffer: &buffer) } catch {
            throw UnreadableRequest(UnreadableBytes(buffer.readableBytesView).reason(of: error))
        }
    }

    /// Hands on what is left in `buffer`.
    ///
    /// - Throws: ``UnreadableRequest``.
    package func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws
        -> DecodingState
    {
        do { return try decoder.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF) } catch {
            throw UnreadableRequest(UnreadableBytes(buffer.readableBytesView).reason(of: error))
        }
    }
}

/// What a parser did not take: from the beginning of a request, or of the field that failed, to the end of what has come.
struct UnreadableBytes {
    private let bytes: ArraySlice<UInt8>

    /// - Parameter bytes: As they came; of a long text only the beginning matters.
    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes.prefix(64 << 10))[...] }

    /// What the parser's failure means, given these bytes.
    func reason(of failure: any Error) -> UnreadableRequest.Reason {
        switch failure {
        case HTTPParserError.headerOverflow: .tooLarge
        case HTTPParserError.paused: .http2
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection: .incomplete
        case HTTPParserError.invalidContentLength, HTTPParserError.unexpectedContentLength: .contentLength
        case HTTPParserError.invalidMethod, HTTPParserError.invalidConstant, HTTPParserError.invalidURL: firstLine
        case HTTPParserError.invalidVersion: .version
        case HTTPParserError.invalidHeaderToken, HTTPParserError.lfExpected: field
        case HTTPParserError.unknown: holds("transfer-encoding:") ? .transferEncoding : field
        default: .other
        }
    }

    /// What stands where a request line belongs.
    private var firstLine: UnreadableRequest.Reason {
        if bytes.first == 0x16 { return .tls }
        if bytes.starts(with: "PROXY ".utf8) || bytes.starts(with: "\r\n\r\n\0\r\nQUIT\n".utf8) { return .proxyLine }
        if bytes.starts(with: "PRI * HTTP/2".utf8) { return .http2 }
        return lines.first.map(Self.holdsControlCharacter) == true ? .controlCharacter : .requestLine
    }

    /// What is wrong with the first field that is wrong.
    private var field: UnreadableRequest.Reason {
        for line in lines {
            if Self.holdsControlCharacter(line) { return .controlCharacter }
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            guard let last = name.last, name.count < line.count, Self.isBlank(last) else { continue }
            if name.dropLast().allSatisfy({ !Self.isBlank($0) }) { return .blankBeforeColon }
        }
        return .field
    }

    /// The lines of the head, as far as it has come, without their ends.
    private var lines: [ArraySlice<UInt8>] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        return Array(lines.prefix { !$0.isEmpty })
    }

    private func holds(_ text: String) -> Bool {
        lines.contains { line in
            line.prefix(text.utf8.count).map { $0 | 0x20 }.elementsEqual(text.utf8.map { $0 | 0x20 })
        }
    }

    private static func holdsControlCharacter(_ line: ArraySlice<UInt8>) -> Bool {
        line.contains { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7F }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
