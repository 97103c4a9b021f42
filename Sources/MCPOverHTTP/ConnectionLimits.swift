package import HummingbirdCore

/// What a connection may cost (H-01).
package struct ConnectionLimits: Sendable {
    /// Bytes of one header field; a token alone may take 32 KiB (E-02).
    package var maximumHeaderBytes = 40 << 10
    /// Bytes of all header fields of a request.
    package var maximumHeadersBytes = 64 << 10
    /// Header fields of a request.
    package var maximumHeaderCount = 100
    /// Time from the headers of a request to the end of its body; an exceeded one is answered 408.
    package var arrivalTimeout: Duration = .seconds(30)
    /// Time between two requests.
    package var idleTimeout: Duration = .seconds(120)

    /// The defaults.
    package init() {}
}

extension HTTPServerBuilder {
    /// HTTP/1.1 with connections that know when their client hangs up: ``Connection``.
    package static func connections(_ limits: ConnectionLimits = ConnectionLimits()) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in ConnectionChannel(responder: responder, limits: limits) }
    }
}
