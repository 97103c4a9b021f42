internal import NIOCore
internal import NIOHTTP1

/// Bytes to parts of requests, within what a connection may have of heads that have not come to their end.
///
/// The parser keeps the fields of such a head, and this handler's buffer what of a field has come: ``ConnectionQuota``
/// bounds both for all connections together. Used on its event loop only.
final class MeteredDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    /// There is no room for more of this head.
    struct Crowded: Error {}

    private let decoder: RequestDecoder
    private let quota: ConnectionQuota
    /// Bytes that the parser has taken since the last part.
    private var parsed = 0
    private var charged = 0
    private var hasPassedPart = false

    init(_ limits: ConnectionLimits, _ quota: ConnectionQuota) {
        decoder = RequestDecoder(limits)
        self.quota = quota
    }

    /// A part has come to its end: nothing of it is kept here any more.
    func passPart() { hasPassedPart = true }

    func decoderAdded(context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

    func decoderRemoved(context: ChannelHandlerContext) {
        decoder.decoderRemoved(context: context)
        _ = quota.takeHeadBytes(-charged)
        charged = 0
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        let available = buffer.readableBytes
        let state = try decoder.decode(context: context, buffer: &buffer)
        // Of what was read together with the end of a part, no more than one read's bytes, nothing is known.
        parsed = hasPassedPart ? 0 : parsed + available - buffer.readableBytes
        hasPassedPart = false
        let owed = max(0, parsed + buffer.readableBytes - ConnectionQuota.headBytesOfEach)
        guard owed != charged else { return state }
        let more = owed - charged
        charged = owed
        guard quota.takeHeadBytes(more) || more < 0 else { throw Crowded() }
        return state
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        try decoder.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
    }
}
