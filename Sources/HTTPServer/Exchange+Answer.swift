internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

/// What the task of a request does.
extension Exchange {
    /// Answers the request.
    ///
    /// - Parameters:
    ///   - head: Request line and header fields.
    ///   - body: The whole body, or `nil` when it is not there yet.
    ///   - maximumFieldBytes: What one header field may measure.
    ///   - responder: Knows the answer.
    ///   - refusal: Knows the answer to what turns out to be no request.
    func answer(
        _ head: HTTPRequestHead, _ body: ByteBuffer?, upTo maximumFieldBytes: Int, by responder: HTTPListener.Responder,
        or refusal: HTTPListener.Refusal
    ) async {
        let received = ReceivedHead(head, maximumFieldBytes: maximumFieldBytes)
        if let problem = received.problem {
            let answer = refusal(UnreadableRequest(problem, headers: received.head.headerFields))
            return finish(.last, sending: ResponseWriter(answer, isHead: head.method == .HEAD, .last).message)
        }
        let request = InboundRequest(received, body: body, self)
        guard let response = await responder(request) else { return finish(.cut) }
        let ending = ending(after: response, to: request, head, isBodyHere: body != nil)
        let writer = ResponseWriter(response, isHead: request.method == .head, ending)
        switch response.body {
        case .whole(let bytes):
            let message = writer.message(bytes)
            guard let afterward = response.afterward else { return finish(ending, sending: message) }
            send(message)
            await afterward()
            finish(ending)
        case .stream(let pieces):
            let framing = BodyFraming(response.headers, isHTTP10: head.isHTTP10)
            let isWhole = await deliver(pieces, writer, framing)
            await response.afterward?()
            finish(isWhole && framing != .untilClose ? ending : isWhole ? .last : .cut)
        }
    }

    /// - Returns: Whether all of it was sent.
    private func deliver(
        _ pieces: any AsyncSequence<[UInt8], Never>, _ writer: ResponseWriter, _ framing: BodyFraming
    ) async -> Bool {
        guard await deliver(writer.head(framing)) else { return false }
        guard writer.hasBody else { return true }
        return await deliver(each: pieces, framing)
    }

    private func deliver(each pieces: some AsyncSequence<[UInt8], Never>, _ framing: BodyFraming) async -> Bool {
        var count = 0
        for await piece in pieces where !piece.isEmpty {
            count += piece.count
            guard await deliver(framing.framed(piece)) else { return false }
        }
        switch framing {
        case .length(let length): return count == length
        case .chunked: return await deliver(BodyFraming.lastChunk)
        case .untilClose: return true
        }
    }

    private func ending(
        after response: OutboundResponse, to request: InboundRequest, _ head: HTTPRequestHead, isBodyHere: Bool
    ) -> Ending {
        if !head.isKeepAlive || head.isHTTP10 || request.asksForUpgrade { return .last }
        // Nobody knows whether the body of such a request will come, unless it was asked for (RFC 9110 section 10.1.1).
        if request.expectsPermission, !isBodyHere, !isBodyPermitted { return .last }
        if response.headers[.connection]?.lowercased() == "close" { return .last }
        return response.isLastForNow ? .lastForNow : .open
    }
}
