internal import JSON

/// What a failed answer says, whatever its shape (D-93).
package struct ErrorBody: Sendable, Equatable {
    /// Which of the known shapes the body had: told to the operator, and to the caller when it was none of them.
    package enum Shape: String, Sendable, CaseIterable {
        /// Nothing but blanks.
        case empty
        /// An object with `error_code` and `message`, or with `error`.
        case json
        /// An object with `detail`.
        case scim
        /// `CODE: message`.
        case plainText = "plain_text"
        /// A page of a front door.
        case html
        /// Anything else.
        case unparsed
    }

    /// Which shape it was.
    package let shape: Shape
    /// `error_code`, when it is an upper-case word.
    ///
    /// Front doors send the status as a number, which says nothing new (D-95, D-100).
    package var code: String?
    /// The cleaned message, without request id, markup and control characters.
    package var message: String
    /// The id to quote to Databricks support (D-15).
    package var requestID: String?
    /// `RetryInfo.retry_delay` (D-94).
    package var retryDelay: Duration?

    /// Decodes a body; never fails, because the last shape is "anything else".
    ///
    /// - Parameters:
    ///   - body: The body as received.
    ///   - status: The HTTP status, whose reason phrase stands in for an empty body.
    ///   - reasonHeader: `X-Databricks-Reason-Phrase`, the text that a front door gives beside an HTML page (D-16).
    package init(decoding body: [UInt8], status: Int, reasonHeader: String?) {
        let raw = RawErrorBody(body, status: status, reasonHeader: reasonHeader)
        shape = raw.shape
        code = raw.code
        retryDelay = raw.retryDelay
        (message, requestID) = MessageText.clean(raw.message)
        requestID = raw.requestID.map { UntrustedText.line($0, limit: 64) } ?? requestID
        if message.isEmpty { message = MessageText.reasonPhrase(of: status) }
    }
}

/// The parts of a failed answer before cleaning; the shapes are tried in the order of D-93.
private struct RawErrorBody {
    var shape: ErrorBody.Shape
    var code: String?
    var message = ""
    var requestID: String?
    var retryDelay: Duration?

    init(_ body: [UInt8], status: Int, reasonHeader: String?) {
        let text = body.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        if text.isEmpty {
            shape = .empty
            message = reasonHeader ?? ""
        } else if text.first == UInt8(ascii: "{"),
            let document = try? JSONDocument(parsing: body, limits: .upstream)
        {
            shape = .json
            read(document.root, reasonHeader: reasonHeader)
        } else {
            let text = String(decoding: text.prefix(16 << 10), as: UTF8.self)
            shape = .unparsed
            read(text: text, reasonHeader: reasonHeader)
        }
    }

    private mutating func read(_ object: JSONElement, reasonHeader: String?) {
        code = object["error_code"]?.string.flatMap(MessageText.errorCode)
        if let text = object["message"]?.string ?? object["error"]?.string {
            message = text
        } else if let text = object["detail"]?.string {
            shape = .scim
            message = text
            code = code ?? object["scimType"]?.string.flatMap(MessageText.errorCode)
        } else {
            message = reasonHeader ?? ""
        }
        if let page = HTMLMessage(message) { message = reasonHeader ?? page.text }
        for detail in object["details"]?.elements.map({ $0 }) ?? [] { read(detail: detail) }
    }

    /// One `google.rpc` object (D-94); unknown and broken ones are passed over, and `DebugInfo` never reaches a caller.
    private mutating func read(detail: JSONElement) {
        switch detail["@type"]?.string {
        case "type.googleapis.com/google.rpc.RequestInfo":
            requestID = requestID ?? detail["request_id"]?.string
        case "type.googleapis.com/google.rpc.RetryInfo":
            retryDelay = retryDelay ?? detail["retry_delay"]?.string.flatMap(RetryDelay.retryInfo)
        case "type.googleapis.com/google.rpc.ErrorInfo":
            code = code ?? detail["reason"]?.string.flatMap(MessageText.errorCode)
        case "type.googleapis.com/google.rpc.BadRequest":
            for violation in detail["field_violations"]?.elements.map({ $0 }) ?? [] {
                if let field = violation["field"]?.string, let text = violation["description"]?.string {
                    message += " (\(field): \(text))"
                }
            }
        default: break
        }
    }

    private mutating func read(text: String, reasonHeader: String?) {
        if let page = HTMLMessage(text) {
            shape = .html
            message = reasonHeader ?? page.text
        } else if let colon = text.firstRange(of: ": "),
            let code = MessageText.errorCode(String(text[..<colon.lowerBound]))
        {
            shape = .plainText
            self.code = code
            message = String(text[colon.upperBound...])
        } else {
            message = String(text.prefix(200))
        }
    }
}
