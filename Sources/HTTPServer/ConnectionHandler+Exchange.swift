internal import NIOCore

/// What the task of a request asks for; a task whose turn is over is not listened to.
extension ConnectionHandler {
    /// Hands the body to `reader` when it is there.
    func read(_ reader: IncomingBody.Reader, permitting isPermitting: Bool, for exchange: Exchange) {
        guard turn?.exchange === exchange else { return reader.continuation.resume(returning: .failure(.broken)) }
        if isPermitting, turn?.body.isAwaited == true { write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")) }
        turn?.body.read(reader)
        readOn()
    }

    /// Sends `bytes`.
    func send(_ bytes: ByteBuffer, for exchange: Exchange) {
        guard turn?.exchange === exchange else { return }
        write(bytes)
    }

    /// Sends `bytes` and says when the system has taken them.
    func deliver(_ bytes: ByteBuffer, _ continuation: CheckedContinuation<Bool, Never>, for exchange: Exchange) {
        guard turn?.exchange === exchange, !isEnding, let context else { return continuation.resume(returning: false) }
        isDelivering = true
        let taken = context.eventLoop.makePromise(of: Void.self)
        taken.futureResult.assumeIsolated().whenComplete { result in
            self.isDelivering = false
            self.watch()
            let isTaken = if case .success = result { true } else { false }
            continuation.resume(returning: isTaken)
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: taken)
        watch()
    }

    /// The task's last call.
    func finish(_ bytes: ByteBuffer, _ ending: Exchange.Ending, for exchange: Exchange) {
        guard turn?.exchange === exchange else { return }
        turn?.task = nil
        turn?.ending = ending
        if bytes.readableBytes > 0 { write(bytes) }
        proceed()
        leaveIfOver()
    }

    private func write(_ bytes: ByteBuffer) {
        guard !isEnding else { return }
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }
}

/// How long it is waited for what.
extension ConnectionHandler {
    /// Sets the timer to what is waited for now.
    func watch() {
        guard let context else { return }
        let wait = awaited(context.channel)
        guard wait != timer.wait else { return }
        if wait == .delivery { undelivered = bufferedBytes }
        timer.await(wait, limit(of: wait))
        arm()
    }

    private func awaited(_ channel: any Channel) -> ConnectionTimer.Wait {
        if isEnding { return isSent ? .farewell : .delivery }
        if isDelivering || !channel.isWritable { return .delivery }
        guard let turn else { return isHeadArriving ? .arrival : .request }
        return turn.body.isArriving ? .arrival : .nothing
    }

    private func limit(of wait: ConnectionTimer.Wait) -> TimeAmount {
        switch wait {
        case .arrival: TimeAmount(configuration.limits.arrivalTimeout)
        case .farewell: TimeAmount(configuration.limits.lingerTimeout)
        case .delivery: TimeAmount(configuration.limits.deliveryTimeout)
        case .request, .nothing: TimeAmount(configuration.limits.idleTimeout)
        }
    }

    private func arm() {
        guard let context else { return }
        timer.arm(on: context.eventLoop) { self.expire() }
    }

    private func expire() {
        switch timer.fired() {
        case nil: arm()
        case .nothing: break
        case .request, .farewell: context?.close(promise: nil)
        case .arrival:
            if turn == nil { refuse(UnreadableRequest(.late)) } else { turn?.body.fail(.late) }
            proceed()
        case .delivery:
            // A client that takes its time is not one that takes nothing.
            let now = bufferedBytes
            guard now < undelivered else {
                context?.close(promise: nil)
                return
            }
            undelivered = now
            timer.extend(by: limit(of: .delivery))
            arm()
        }
    }

    /// Bytes that the client has not taken yet.
    private var bufferedBytes: Int { (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0 }
}
