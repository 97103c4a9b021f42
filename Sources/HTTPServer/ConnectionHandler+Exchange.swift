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
        if wait == .body {
            arrived = turn?.body.received ?? 0
            bodyDeadline = .now() + TimeAmount(configuration.limits.arrivalTimeout)
        }
        timer.await(wait, limit(of: wait))
        arm()
    }

    private func awaited(_ channel: any Channel) -> ConnectionTimer.Wait {
        if isEnding { return isSent ? .farewell : .delivery }
        if isDelivering || !channel.isWritable { return .delivery }
        guard let turn else { return isHeadArriving ? .head : .request }
        return turn.body.isArriving ? .body : .nothing
    }

    private func limit(of wait: ConnectionTimer.Wait) -> TimeAmount {
        let limits = configuration.limits
        return switch wait {
        case .head: TimeAmount(limits.headTimeout)
        case .body: min(TimeAmount(limits.silenceTimeout), bodyDeadline - .now())
        case .farewell: TimeAmount(limits.lingerTimeout)
        // Whoever connects has something to ask.
        case .request where !hasServed: TimeAmount(min(limits.headTimeout, limits.idleTimeout))
        case .delivery: TimeAmount(limits.deliveryTimeout)
        case .request, .nothing: TimeAmount(limits.idleTimeout)
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
        case .head:
            refuse(UnreadableRequest(.late))
            proceed()
        case .body:
            let now = turn?.body.received ?? 0
            guard now > arrived, NIODeadline.now() < bodyDeadline else {
                turn?.body.fail(.late)
                return proceed()
            }
            arrived = now
            timer.extend(by: limit(of: .body))
            arm()
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
