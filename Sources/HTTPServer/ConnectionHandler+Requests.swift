internal import NIOCore
internal import NIOHTTP1

/// One request after the other.
extension ConnectionHandler {
    /// Something was parsed: it belongs to the request whose turn it is, or waits for its own turn.
    func receive(_ input: Input) {
        guard context != nil, !isEnding else { return }
        if queue.isEmpty, isTurn(of: input) { take(input) } else { queue.append(input) }
    }

    /// Goes on as far as it can: the end of this request, the next one, the end of the connection.
    func proceed() {
        while context != nil, !isEnding {
            if let ending = turn?.ending { endTurn(ending) }
            guard !isEnding, let input = queue.first, isTurn(of: input) else { break }
            queue.removeFirst()
            take(input)
        }
        guard context != nil else { return }
        startTask()
        if turn == nil, queue.isEmpty, endsSoon || isInputClosed { end() }
        if isSent, isInputClosed { context?.close(promise: nil) }
        watch()
        readOn()
    }

    private func isTurn(of input: Input) -> Bool {
        switch input {
        // A client that does not take its answers gets no further ones.
        case .part(.head): turn == nil && context?.channel.isWritable == true
        case .part: turn?.body.isComplete == false
        case .unreadable: turn?.body.isArriving ?? true
        }
    }

    private func take(_ input: Input) {
        switch input {
        case .part(.head(let head)):
            guard let context else { return }
            isHeadArriving = false
            hasServed = true
            turn = Turn(
                head: head, exchange: Exchange(self, on: context.eventLoop, isClientGone: isInputClosed))
        case .part(.body(let piece)): turn?.body.append(piece)
        case .part(.end):
            turn?.body.end()
            startTask()
        case .unreadable(let problem):
            if turn == nil { refuse(problem) } else { turn?.body.fail(.broken) }
        }
    }

    /// The request is answered: makes room for the next one, or ends the connection.
    private func endTurn(_ ending: Exchange.Ending) {
        guard let body = turn?.body else { return }
        switch ending {
        case .cut: context?.close(promise: nil)
        case .last: end()
        case .open, .lastForNow:
            if ending == .lastForNow { endsSoon = true }
            if body.isComplete {
                turn = nil
            } else if body.isArriving, !endsSoon {
                // The connection can only be used again when the rest has come, which nobody reads.
                turn?.body.discard()
            } else {
                end()
            }
        }
    }

    /// What came was no request.
    func refuse(_ problem: UnreadableRequest) {
        end(with: ResponseWriter(refusal: configuration.refusal(problem)).message)
    }

    /// Ends the connection: what was written goes out, then the client gets a moment to close its half.
    ///
    /// To close at once would have the system throw away what the client has not read yet, if it had sent anything that
    /// was not read here (RFC 9112 section 9.6).
    func end(with bytes: ByteBuffer = ByteBuffer()) {
        guard let context, !isEnding else { return }
        isEnding = true
        queue.removeAll()
        turn?.body.fail(.broken)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in
            self.isSent = true
            if !self.isInputClosed { self.context?.close(mode: .output, promise: nil) }
            self.proceed()
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: sent)
    }
}
