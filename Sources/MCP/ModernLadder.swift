internal import JSON
internal import Observability

/// The checks that every request of the modern era passes before it is dispatched, in order (LAD-1 to LAD-9).
///
/// LAD-3 cannot fail after ``EraDecision``; LAD-7 and LAD-8 are ``ToolRequirements``; LAD-9 concerns scopes, of which
/// there is one for all.
enum ModernLadder {
    /// - Returns: The method, which is implemented.
    static func check(_ request: RPCRequest, _ headers: RequestHeaders) throws(RPCError) -> Method {
        try checkMetadata(request.meta)
        _ = try headers.protocolVersion.required(.protocolVersion)  // LAD-2
        try checkMethod(headers.method, request)
        if let name = request.routedName, name.kind == .string { try checkName(headers.name, name) }
        guard let method = request.method, method.exists(in: .modern) else {  // LAD-6
            throw .methodNotFound(request.methodName.quotable, in: .modern)
        }
        return method
    }

    /// LAD-1: what a modern request must say about its client.
    private static func checkMetadata(_ meta: JSONElement?) throws(RPCError) {
        guard let meta else { throw incomplete(missing: ["_meta"], invalid: []) }
        guard meta.isObject else { throw incomplete(missing: [], invalid: ["_meta"]) }
        let required: [(key: String, kind: JSONElement.Kind)] = [
            (MetaKey.protocolVersion, .string), (MetaKey.clientCapabilities, .object),
        ]
        var missing: [JSONValue] = []
        var invalid: [JSONValue] = []
        for (key, kind) in required {
            switch meta[key]?.kind {
            case kind?: break
            case nil: missing.append(.string(key))
            default: invalid.append(.string(key))
            }
        }
        guard missing.isEmpty, invalid.isEmpty else { throw incomplete(missing: missing, invalid: invalid) }
    }

    private static func incomplete(missing: [JSONValue], invalid: [JSONValue]) -> RPCError {
        var data: JSONObject = [:]
        if !missing.isEmpty { data["missing"] = .array(missing) }
        if !invalid.isEmpty { data["invalid"] = .array(invalid) }
        let message = missing.isEmpty ? "Invalid request metadata" : "Missing required request metadata"
        return .invalidMetadata(message, data: .object(data))
    }

    /// LAD-4.
    private static func checkMethod(_ header: SingleValue, _ request: RPCRequest) throws(RPCError) {
        let value = try header.required(.method)
        guard request.isMethod(value) else { throw .mismatch(.method, value, request.methodName) }
    }

    /// LAD-5.
    private static func checkName(_ header: SingleValue, _ name: JSONElement) throws(RPCError) {
        let value = try header.required(.name)
        guard let decoded = HeaderSentinel.decode(value) else { throw .undecodable(RoutingHeader.name.rawValue, value) }
        guard name.isString(decoded) else { throw .mismatch(.name, decoded, name.string ?? "") }
    }
}
