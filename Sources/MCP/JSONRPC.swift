internal import HTTPTypes
internal import JSON
internal import Observability

/// A request's id, byte for byte as the client wrote it: `"1"` and `1` stay different, digits stay exact (J-02).
struct RequestID: Sendable {
    let json: ArraySlice<UInt8>

    /// - Returns: `nil` unless `element` is a string or a number without fraction and exponent.
    init?(_ element: JSONElement) {
        switch element.kind {
        case .string: break
        case .number:
            guard element.rawBytes.allSatisfy({ $0 <= UInt8(ascii: "9") && $0 != UInt8(ascii: ".") }) else {
                return nil
            }
        default: return nil
        }
        json = element.rawBytes
    }
}

/// A JSON-RPC error, and the HTTP status of a reply that consists of it.
struct RPCError: Error {
    enum Code: Int64 {
        case parse = -32700
        case invalidRequest = -32600
        case methodNotFound = -32601
        case invalidParams = -32602
        case internalError = -32603
        case headerMismatch = -32020
        case missingCapability = -32021
        case unsupportedVersion = -32022
    }

    let code: Code
    /// One sentence (M-03).
    let message: String
    let data: JSONValue?
    let status: HTTPResponse.Status
    /// What of the request's head it is about, for the operator.
    let field: RefusedField?

    init(
        _ code: Code, _ message: String, data: JSONValue? = nil, status: HTTPResponse.Status, field: RefusedField? = nil
    ) {
        self.code = code
        self.message = message
        self.data = data
        self.status = status
        self.field = field
    }

    /// A malformed message (J-01).
    static func invalidRequest(_ message: String) -> RPCError {
        RPCError(.invalidRequest, message, status: .badRequest)
    }

    /// Parameters that are wrong once the method is known: status 200, so that clients surface the code (M-01).
    static func invalidParams(_ message: String, data: JSONValue? = nil) -> RPCError {
        RPCError(.invalidParams, message, data: data, status: .ok)
    }

    /// Metadata without which a modern request cannot be understood (LAD-1).
    static func invalidMetadata(_ message: String, data: JSONValue) -> RPCError {
        RPCError(.invalidParams, message, data: data, status: .badRequest)
    }

    /// A bug of ours.
    static func internalError(_ message: String) -> RPCError { RPCError(.internalError, message, status: .ok) }

    static func methodNotFound(_ name: String, in era: Era) -> RPCError {
        RPCError(.methodNotFound, "Method not found: \(name)", status: era == .modern ? .notFound : .ok)
    }

    /// A header that is missing, repeated, undecodable or unequal to the body (ERA-11); its value as far as it has one.
    static func header(_ name: String, _ message: String, _ value: String?) -> RPCError {
        RPCError(
            .headerMismatch, message, data: ["header": .string(name)], status: .badRequest,
            field: RefusedField(name, value))
    }

    static func repeated(_ name: String, _ values: String) -> RPCError {
        .header(name, "Header repeated with different values: \(name)", values)
    }

    static func undecodable(_ name: String, _ value: String) -> RPCError {
        .header(name, "Header \(name) is not valid Base64 of UTF-8 text: '\(value.quotable)'", value)
    }

    /// - Parameters:
    ///   - requested: The revision that the request names.
    ///   - place: Where it names it: a header, or a member of `_meta`.
    /// - Returns: The error, with what could have been named.
    static func unsupportedVersion(_ requested: String, of place: String) -> RPCError {
        let supported = ProtocolVersion.advertised.map { JSONValue.string($0.rawValue) }
        return RPCError(
            .unsupportedVersion, "Unsupported protocol version",
            data: ["supported": .array(supported), "requested": .string(requested.quotable)], status: .badRequest,
            field: RefusedField(place, requested))
    }
}

/// The bytes of JSON-RPC responses.
enum RPCResponse {
    /// A response with a result that is written already.
    static func result(_ id: RequestID, _ result: [UInt8]) -> [UInt8] {
        var json = JSONWriter(capacity: result.count + id.json.count + 48)
        begin(&json, id)
        json.key("result")
        json.raw(result)
        json.endObject()
        return json.bytes
    }

    /// An error response; without an id when none could be read (J-05), and with `error_description` for those who know
    /// OAuth only.
    static func error(_ id: RequestID?, _ error: RPCError, description: String? = nil) -> [UInt8] {
        var json = JSONWriter(capacity: 256)
        begin(&json, id)
        json.key("error")
        json.beginObject()
        json.key("code")
        json.integer(error.code.rawValue)
        json.key("message")
        json.string(error.message)
        if let data = error.data {
            json.key("data")
            json.value(data)
        }
        json.endObject()
        if let description {
            json.key("error_description")
            json.string(description)
        }
        json.endObject()
        return json.bytes
    }

    /// Opens a response up to its id.
    static func begin(_ json: inout JSONWriter, _ id: RequestID?) {
        json.beginObject()
        json.key("jsonrpc")
        json.string("2.0")
        json.key("id")
        if let id { json.raw(id.json) } else { json.null() }
    }
}
