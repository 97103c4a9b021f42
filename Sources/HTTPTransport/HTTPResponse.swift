/// The complete answer to an ``HTTPRequest``.
package struct HTTPResponse: Sendable {
    /// The status code, 100 to 999.
    package var status: Int

    /// The header fields in the order in which they arrived, trailer fields included.
    package var headers: HeaderList

    /// The body, complete, and never longer than ``HTTPRequest/maximumResponseBytes``.
    package var body: [UInt8]

    /// When each phase was over.
    package var timings: Timings

    /// Describes an answer.
    ///
    /// - Parameters:
    ///   - status: The status code.
    ///   - headers: The header fields.
    ///   - body: The complete body.
    ///   - timings: When each phase was over; all zero for a stand-in.
    package init(status: Int, headers: HeaderList = [:], body: [UInt8] = [], timings: Timings = Timings()) {
        self.status = status
        self.headers = headers
        self.body = body
        self.timings = timings
    }

    /// How long each phase took, all counted from the start of the transfer.
    package struct Timings: Sendable, Equatable {
        // Microseconds, as libcurl counts: most calls never look at them, and `Duration` is 128 bits wide.
        var nameLookupMicroseconds: Int64 = 0
        var connectMicroseconds: Int64 = 0
        var tlsMicroseconds: Int64 = 0
        var firstByteMicroseconds: Int64 = 0
        var totalMicroseconds: Int64 = 0

        /// Whether the transfer opened a connection rather than using an idle one.
        package internal(set) var openedConnection = false

        /// All zero.
        package init() {}

        /// Until the host name was resolved; zero on a reused connection.
        package var nameLookup: Duration { .microseconds(nameLookupMicroseconds) }

        /// Until the TCP connection stood; zero on a reused connection.
        package var connect: Duration { .microseconds(connectMicroseconds) }

        /// Until the TLS handshake was over; zero on a reused connection and without TLS.
        package var tls: Duration { .microseconds(tlsMicroseconds) }

        /// Until the first byte of the answer arrived.
        package var firstByte: Duration { .microseconds(firstByteMicroseconds) }

        /// Until the last byte of the answer arrived.
        package var total: Duration { .microseconds(totalMicroseconds) }
    }
}
