internal import CCurl

/// One connection on which we speak HTTP/1.1 ourselves: libcurl has looked up the name, connected, asked the proxy and
/// done the TLS handshake, and now carries bytes (`CURLOPT_CONNECT_ONLY`).
///
/// Its handle stays in the multi handle as long as it lives: libcurl finds the connection only there.
@safe
final class WireConnection {
    /// Why a connection is of no more use.
    struct Failure: Error {
        let kind: TransportError.Kind
        let text: String
    }

    let easy: EasyHandle
    let origin: WireRequest.Origin
    /// Below zero until it is connected.
    private(set) var socket: CInt = -1
    /// What it carries; `nil` while it is idle.
    private(set) var call: WireCall?
    /// Whether it has carried an earlier call.
    private(set) var isReused = false
    private(set) var parser = ResponseParser(maximumBytes: 0)
    private var sent = 0
    private var watched = CURL_POLL_NONE
    private var idleSince = ContinuousClock.now
    private var firstByte: Duration = .zero

    /// - Throws: When libcurl does not accept an option.
    init(
        _ configuration: TransportConfiguration, _ sessions: TLSSessions, for call: WireCall
    ) throws(EasyHandle.OptionError) {
        origin = call.wire.origin
        easy = try EasyHandle(configuration, sessions)
        self.call = call
        try unsafe easy.set(CURLOPT_PRIVATE, pointer: Unmanaged.passUnretained(self).toOpaque())
        try easy.set(CURLOPT_CONNECT_ONLY, 1)
        try easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try easy.set(CURLOPT_URL, origin.url)
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(call.request.connectTimeout.wholeMilliseconds)))
        if !origin.usesProxy { try easy.set(CURLOPT_NOPROXY, "*") }
    }

    /// Whether there is something left to send.
    var isSending: Bool { call.map { sent < $0.wire.bytes.count } ?? false }

    /// Learns from libcurl which socket it has connected.
    func connected() -> Bool {
        socket = easy.activeSocket
        return socket >= 0
    }

    /// Has the worker told when the host sends or closes, and when more can be sent if there is more.
    func watch(_ sockets: SocketWatch) {
        let wanted = isSending ? CURL_POLL_INOUT : CURL_POLL_IN
        guard wanted != watched else { return }
        watched = wanted
        sockets.watch(socket, for: wanted, owner: .wires)
    }

    /// Must come before the socket is closed.
    func unwatch(_ sockets: SocketWatch) {
        if watched != CURL_POLL_NONE { sockets.watch(socket, for: CURL_POLL_REMOVE, owner: .wires) }
        watched = CURL_POLL_NONE
    }

    /// Takes on `call`; ``advance(_:)`` sends it.
    func begin(_ call: WireCall) {
        self.call = call
        call.connection = self
        sent = 0
        parser = ResponseParser(maximumBytes: call.request.maximumResponseBytes)
    }

    /// Lets go of the call, whose outcome somebody else hands out.
    func release(at now: ContinuousClock.Instant) {
        call?.connection = nil
        call = nil
        parser = ResponseParser(maximumBytes: 0)
        isReused = true
        idleSince = now
    }

    /// Whether an idle connection may be used again: not too old, open, and without unexpected bytes.
    func isUsable(
        at now: ContinuousClock.Instant, within limit: Duration, _ scratch: UnsafeMutableBufferPointer<UInt8>
    ) -> Bool {
        guard now - idleSince < limit else { return false }
        return unsafe easy.receive(into: scratch).code == CURLE_AGAIN
    }

    /// Sends and receives what can be sent and received at once.
    ///
    /// - Returns: Whether the answer is complete.
    func advance(_ scratch: UnsafeMutableBufferPointer<UInt8>, reads: Bool) throws(Failure) -> Bool {
        guard let call else { return false }
        try send(call)
        return unsafe reads ? try receive(call, scratch) : false
    }

    private func send(_ call: WireCall) throws(Failure) {
        while sent < call.wire.bytes.count {
            let (code, count) = easy.send(call.wire.bytes, from: sent)
            // The TLS layer may have written part of a record when it asks to be called again.
            if code == CURLE_OK || code == CURLE_AGAIN { call.wasSent = true }
            if code == CURLE_AGAIN { return }
            guard code == CURLE_OK else { throw cutOff }
            sent += count
        }
    }

    private func receive(
        _ call: WireCall, _ scratch: UnsafeMutableBufferPointer<UInt8>
    ) throws(Failure) -> Bool {
        while !parser.isComplete {
            let (code, count) = unsafe easy.receive(into: scratch)
            if code == CURLE_AGAIN { return false }
            guard code == CURLE_OK else { throw cutOff }
            guard count > 0 else {
                guard parser.end() else { throw cutOff }
                return true
            }
            if !parser.hasBegun { firstByte = call.start.duration(to: .now) }
            do throws(ResponseParser.Problem) {
                try parser.feed(unsafe UnsafeBufferPointer(rebasing: scratch[..<count]).span)
            } catch {
                throw Failure(error)
            }
            // The kernel had no more. The TLS layer may have, which epoll does not know of.
            if count < scratch.count, !origin.usesTLS { break }
        }
        return parser.isComplete
    }

    private var cutOff: Failure { Failure(kind: .cutOff, text: "the connection ended before the answer was complete") }

    /// The complete answer.
    func response(for call: WireCall, at now: ContinuousClock.Instant) -> HTTPResponse {
        var timings = isReused ? HTTPResponse.Timings() : easy.timings
        timings.openedConnection = !isReused
        timings.firstByteMicroseconds = firstByte.microseconds
        timings.totalMicroseconds = call.start.duration(to: now).microseconds
        return HTTPResponse(status: parser.status, headers: parser.headers, body: parser.body, timings: timings)
    }
}

extension WireConnection.Failure {
    fileprivate init(_ problem: ResponseParser.Problem) {
        switch problem {
        case .violation(let text): self.init(kind: .protocolViolation, text: text)
        case .tooLarge(let text): self.init(kind: .responseTooLarge, text: text)
        }
    }
}
