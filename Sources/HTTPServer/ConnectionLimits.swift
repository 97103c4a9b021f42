/// What a connection may cost (H-01).
package struct ConnectionLimits: Sendable {
    /// Bytes of one header field's value, but for `Authorization`: of a token that is too large its reader says so.
    package var maximumHeaderBytes = 40 << 10
    /// Bytes of all header fields of a request.
    package var maximumHeadersBytes = 64 << 10
    /// Header fields of a request.
    package var maximumHeaderCount = 100
    /// Time from the first bytes of a request to the end of its body; an exceeded one is answered 408.
    package var arrivalTimeout: Duration = .seconds(30)
    /// Time between two requests; longer than the 240 seconds for which Azure's load balancers keep a connection, so that
    /// none of them sends a request over one that is being closed here.
    package var idleTimeout: Duration = .seconds(300)
    /// Time in which a client that is sent something has to take some of it.
    package var deliveryTimeout: Duration = .seconds(120)
    /// Time that a client has to close a connection that the server has ended, and to read the last answer until then.
    package var lingerTimeout: Duration = .seconds(2)

    /// Bytes of a body that are kept before somebody asks for it.
    static let readAhead = 64 << 10

    /// The defaults.
    package init() {}
}
