/// What a connection may cost (H-01).
package struct ConnectionLimits: Sendable {
    /// Bytes of one header field's value, but for `Authorization`: of a token that is too large its reader says so.
    package var maximumHeaderBytes = 40 << 10
    /// Bytes of all header fields of a request.
    package var maximumHeadersBytes = 64 << 10
    /// Header fields of a request.
    package var maximumHeaderCount = 100
    /// Time from the first byte of a head to its end, and from the connection to the first byte.
    ///
    /// A slower head is answered 408. The largest one takes 9 s at 56 kbit/s, a usual one comes in one segment.
    package var headTimeout: Duration = .seconds(10)
    /// Time from the end of the head to the end of the body; an exceeded one is answered 408.
    package var arrivalTimeout: Duration = .seconds(30)
    /// A body of which nothing has come for this long, or for up to twice as long, is answered 408.
    package var silenceTimeout: Duration = .seconds(5)
    /// Time between two requests; longer than the 240 seconds for which Azure's load balancers keep a connection, so that
    /// none of them sends a request over one that is being closed here.
    package var idleTimeout: Duration = .seconds(300)
    /// Time in which a client that is sent something has to take some of it.
    package var deliveryTimeout: Duration = .seconds(120)
    /// Time that a client has to close a connection that the server has ended, and to read the last answer until then.
    package var lingerTimeout: Duration = .seconds(2)

    /// Bytes of a body that are kept before somebody asks for it.
    static let readAhead = 16 << 10
    /// Bytes that are read at once at most; each connection keeps a buffer as large as its last reads needed.
    static let maximumReadBytes = 8 << 10

    /// The defaults.
    package init() {}
}
