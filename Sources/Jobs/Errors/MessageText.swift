/// Cleans what an upstream error says, for the caller.
enum MessageText {
    /// Characters of an upstream message that a caller gets to see.
    private static let limit = 600

    /// One line of plain text, and the request id that front doors append as `[ReqId: …]` (D-15).
    static func clean(_ message: String) -> (text: String, requestID: String?) {
        var text = UntrustedText.line(HTMLMessage.withoutTags(message), limit: limit)
        var requestID: String?
        for marker in ["[ReqId: ", "[TraceId: "] {
            guard let open = text.firstRange(of: marker),
                let close = text[open.upperBound...].firstIndex(of: "]")
            else { continue }
            let id = text[open.upperBound..<close]
            if requestID == nil, isRequestID(id) { requestID = String(id) }
            text.removeSubrange(open.lowerBound...close)
        }
        return (UntrustedText.line(text, limit: limit), requestID)
    }

    /// `text` when it is an upper-case code such as `PERMISSION_DENIED`; numbers repeat the status and are no code.
    static func errorCode(_ text: String) -> String? {
        let isCode = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard isCode, (3...64).contains(text.utf8.count), text.utf8.contains(where: { $0 >= UInt8(ascii: "A") }) else {
            return nil
        }
        return text
    }

    private static func isRequestID(_ text: Substring) -> Bool {
        (8...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    /// What a status means, for answers that say nothing themselves.
    static func reasonPhrase(of status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 429: "Too Many Requests"
        case 499: "Client Closed Request"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "no explanation was given"
        }
    }
}
