internal import CCurl

/// The wires of one worker and the calls on them.
///
/// It lives on the worker's thread, as ``TransferSet`` does, which owns it.
@safe
final class WireSet {
    /// What is known of one host; there are as many as the product has hosts to ask.
    private final class Host {
        var connections = 0  // idle ones included
        var idle: [WireConnection] = []
        var waiting: [WireCall] = []
    }

    private let configuration: TransportConfiguration
    private let sessions: TLSSessions
    private let sockets: SocketWatch
    // Its own: libcurl counts our connections among those in use, and transfers to the same host would wait for them.
    private let multi: Multi
    private var hosts: [WireRequest.Origin: Host] = [:]
    private var calls: [Int: WireCall] = [:]
    private var connectionOfSocket: [CInt: WireConnection] = [:]
    // Larger than a record of TLS, so that none is left in the TLS layer by half.
    private let scratch = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 32 * 1024)

    private var nextExpiry: ContinuousClock.Instant?

    init(_ configuration: TransportConfiguration, _ sockets: SocketWatch, _ sessions: TLSSessions) {
        self.configuration = configuration
        self.sockets = sockets
        self.sessions = sessions
        multi = Multi(sockets, as: .connecting, connectionsPerHost: 0)
    }

    deinit {
        for host in hosts.values { for connection in host.idle { multi.remove(connection.easy) } }
        unsafe scratch.deallocate()
    }

    /// Starts a call, whose outcome goes to `completion`.
    ///
    /// - Throws: When it cannot be sent; `completion` is the caller's then.
    func start(_ request: HTTPRequest, id: Int, _ completion: Transfer.Completion) throws(TransportError) {
        let wire = try WireRequest(request, userAgent: configuration.userAgent)
        let call = WireCall(request, wire, id: id, start: .now, completion: completion)
        calls[id] = call
        nextExpiry = min(nextExpiry ?? call.deadline, call.deadline)
        dispatch(call, host(of: call), at: call.start)
    }

    /// Fails a call with `cancelled`, unless it is over.
    func cancel(_ id: Int) {
        if let call = calls[id] { abandon(call, .cancelled, "cancelled") }
    }

    /// Fails all calls with `shuttingDown` and closes what is idle.
    func stop() {
        for call in Array(calls.values) { abandon(call, .shuttingDown, "the transport has stopped") }
        for host in hosts.values { while let connection = host.idle.popLast() { close(connection, host) } }
    }

    /// When ``turn(at:)`` is due at the latest.
    var nextDue: ContinuousClock.Instant? { .earliest(nextExpiry, multi.timer) }

    /// Lets connections come about, sends on those that stand, and fails what has passed its deadline.
    func turn(at now: ContinuousClock.Instant) {
        if !multi.expire(at: now) { failConnecting() }
        while let (owner, code) = unsafe multi.nextDone() {
            connected(unsafe Unmanaged<WireConnection>.fromOpaque(owner).takeUnretainedValue(), code)
        }
        failExpired(at: now)
    }

    /// Lets the connection come about whose socket is ready.
    func connect(on socket: CInt, _ events: UInt32) {
        if !multi.proceed(on: socket, events) { failConnecting() }
    }

    private func failConnecting() {
        for call in Array(calls.values) where call.connection.map({ $0.socket < 0 }) ?? false {
            abandon(call, .internalFailure, "libcurl is out of memory")
        }
    }

    private func failExpired(at now: ContinuousClock.Instant) {
        if calls.isEmpty { nextExpiry = nil }
        guard let expiry = nextExpiry, expiry <= now else { return }
        for call in Array(calls.values) where call.deadline <= now {
            abandon(call, .timeout, "no complete answer in time")
        }
        nextExpiry = calls.values.lazy.map(\.deadline).min()
    }
}

// MARK: A place for a call

extension WireSet {
    private func host(of call: WireCall) -> Host {
        if let host = hosts[call.wire.origin] { return host }
        let host = Host()
        hosts[call.wire.origin] = host
        return host
    }

    private func dispatch(_ call: WireCall, _ host: Host, at now: ContinuousClock.Instant) {
        while let connection = host.idle.popLast() {
            let isUsable = unsafe connection.isUsable(at: now, within: configuration.idleConnectionLifetime, scratch)
            if isUsable { return begin(call, on: connection) }
            close(connection, host)
        }
        if host.connections < max(1, configuration.maximumConnectionsPerHost) {
            open(for: call, host)
        } else {
            host.waiting.append(call)
        }
    }

    private func serveWaiting(_ host: Host) {
        while !host.waiting.isEmpty,
            !host.idle.isEmpty || host.connections < max(1, configuration.maximumConnectionsPerHost)
        {
            dispatch(host.waiting.removeFirst(), host, at: .now)
        }
    }

    private func open(for call: WireCall, _ host: Host) {
        do throws(EasyHandle.OptionError) {
            let connection = try WireConnection(configuration, sessions, for: call)
            guard multi.add(connection.easy) == CURLM_OK else {
                throw EasyHandle.OptionError(code: CURLE_OUT_OF_MEMORY)
            }
            call.connection = connection
            host.connections += 1
        } catch {
            calls[call.id] = nil
            call.fail(error.code == CURLE_URL_MALFORMAT ? .invalidRequest : .internalFailure, "libcurl: \(error.text)")
        }
    }

    /// Learns from libcurl that a connection stands, or why it does not.
    private func connected(_ connection: WireConnection, _ code: CURLcode) {
        guard let call = connection.call else { return }
        guard code == CURLE_OK, connection.connected() else {
            let (kind, text) = TransportError.reason(of: code, connection.easy)
            return end(call, kind, text)
        }
        connectionOfSocket[connection.socket] = connection
        begin(call, on: connection)
    }
}

// MARK: Calls on their way

extension WireSet {
    private func begin(_ call: WireCall, on connection: WireConnection) {
        connection.begin(call)
        advance(connection, reads: false)
    }

    /// Lets the connection go on whose socket is ready, or has ended.
    func proceed(on socket: CInt) {
        guard let connection = connectionOfSocket[socket] else { return }
        if connection.call != nil { return advance(connection, reads: true) }
        // The host closes an idle connection, or its TLS layer has sent a ticket.
        guard let host = hosts[connection.origin] else { return }
        let isUsable = unsafe connection.isUsable(at: .now, within: configuration.idleConnectionLifetime, scratch)
        guard !isUsable else { return }
        host.idle.removeAll { $0 === connection }
        close(connection, host)
    }

    private func advance(_ connection: WireConnection, reads: Bool) {
        guard let call = connection.call, let host = hosts[connection.origin] else { return }
        do throws(WireConnection.Failure) {
            let isComplete = unsafe try connection.advance(scratch, reads: reads)
            if isComplete { return complete(call, on: connection, host) }
            connection.watch(sockets)
        } catch {
            broken(call, on: connection, host, error)
        }
    }

    private func complete(_ call: WireCall, on connection: WireConnection, _ host: Host) {
        let now = ContinuousClock.now
        let response = connection.response(for: call, at: now)
        // An answer before the end of the request leaves the rest of it unsaid.
        let isReusable = connection.parser.isReusable && !connection.isSending
        connection.release(at: now)
        calls[call.id] = nil
        call.succeed(response)
        if isReusable { host.idle.append(connection) } else { close(connection, host) }
        serveWaiting(host)
    }

    /// A host may close an idle connection just when a request is sent on it: that request is sent once more, on a new
    /// one, a POST too (D-117).
    private func broken(
        _ call: WireCall, on connection: WireConnection, _ host: Host, _ failure: WireConnection.Failure
    ) {
        let wasStale = connection.isReused && !connection.parser.hasBegun && !call.isRepeated
        guard wasStale else { return end(call, failure.kind, failure.text) }
        close(connection, host)
        call.isRepeated = true
        open(for: call, host)
    }

    private func abandon(_ call: WireCall, _ kind: TransportError.Kind, _ text: String) {
        if call.connection == nil { hosts[call.wire.origin]?.waiting.removeAll { $0 === call } }
        end(call, kind, text)
    }

    private func end(_ call: WireCall, _ kind: TransportError.Kind, _ text: String) {
        calls[call.id] = nil
        call.fail(kind, text)
        guard let host = hosts[call.wire.origin] else { return }
        if let connection = call.connection { close(connection, host) }
        serveWaiting(host)
    }

    private func close(_ connection: WireConnection, _ host: Host) {
        connection.release(at: .now)
        connectionOfSocket[connection.socket] = nil
        connection.unwatch(sockets)
        multi.remove(connection.easy)
        host.connections -= 1
    }
}
