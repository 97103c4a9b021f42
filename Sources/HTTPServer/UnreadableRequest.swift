package import HTTPTypes

/// What came in place of a request that can be answered.
package struct UnreadableRequest: Error, Sendable, Equatable {
    /// Why; a closed set, fit for a label.
    package enum Reason: String, Sendable, CaseIterable {
        /// A TLS greeting.
        case tls
        /// HTTP/2 without TLS.
        case http2
        /// A line of the PROXY protocol, of version 1 or 2.
        case proxyLine = "proxy_line"
        /// The first line is none of HTTP.
        case requestLine = "request_line"
        /// Another major version of HTTP.
        case version
        /// A blank between a field's name and its colon (RFC 9112 section 5.1).
        case blankBeforeColon = "blank_before_colon"
        /// A control character in the head.
        case controlCharacter = "control_character"
        /// A field with another name or value than there can be.
        case field
        /// No `Host` in HTTP/1.1, or several (RFC 9112 section 3.2).
        case host
        /// `Content-Length` is no number, stands twice or beside chunks (RFC 9110 section 8.6).
        case contentLength = "content_length"
        /// `Transfer-Encoding` does not end in one `chunked` (RFC 9112 section 6.1).
        case transferEncoding = "transfer_encoding"
        /// A body in a coding that is not known here.
        case unknownCoding = "unknown_coding"
        /// A field, all of them, or their number is too large.
        case tooLarge = "too_large"
        /// The head did not arrive in time.
        case late
        /// The client closed its half of the connection in the middle of a head.
        case incomplete
        /// Anything else.
        case other
    }

    /// Why.
    package let reason: Reason
    /// The header fields, where the head could be parsed.
    package let headers: HTTPFields

    /// Names what came.
    package init(_ reason: Reason, headers: HTTPFields = [:]) {
        self.reason = reason
        self.headers = headers
    }

    /// The status of the answer.
    package var status: HTTPResponse.Status {
        switch reason {
        case .tooLarge: .requestHeaderFieldsTooLarge
        case .unknownCoding: .notImplemented
        case .late: .requestTimeout
        default: .badRequest
        }
    }

    /// What is wrong and what to do, in one sentence.
    package var explanation: String {
        switch reason {
        case .tls: "This port speaks HTTP without TLS: use http:// here, or the https:// address of the proxy before it"
        case .http2: "This port speaks HTTP/1.1 and not HTTP/2: use HTTP/1.1 between the proxy and this server"
        case .proxyLine: "The PROXY protocol is not spoken here: switch it off at the proxy or load balancer"
        case .requestLine: "The first line is no request of HTTP/1.1"
        case .version: "The version of HTTP must be 1.1 or 1.0"
        case .blankBeforeColon: "A header field has a blank between its name and the colon"
        case .controlCharacter: "The head of the request holds a control character"
        case .field: "A header field is malformed or folded"
        case .host: "A request must have exactly one Host field"
        case .contentLength: "Content-Length must be one number, without Transfer-Encoding beside it"
        case .transferEncoding: "Transfer-Encoding must be one chunked, without Content-Length beside it"
        case .unknownCoding: "Of transfer codings, chunked alone is known here"
        case .tooLarge: "The header fields are too large: at most 40 KB each, 64 KB and 100 of them"
        case .late: "The head of the request did not arrive in time"
        case .incomplete: "The connection was closed in the middle of a request"
        case .other: "This is no request of HTTP/1.1"
        }
    }

    /// The answer without a word.
    package var response: OutboundResponse { OutboundResponse(status: status) }
}
