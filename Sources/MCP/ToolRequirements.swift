internal import HTTPTypes
internal import JSON
internal import Observability

/// What a tool asks of modern requests beyond its arguments: mirrored headers and client capabilities.
enum ToolRequirements {
    /// LAD-7 and LAD-8, after the method is known to be `tools/call`.
    static func check(_ request: RPCRequest, _ headers: RequestHeaders, _ tool: ToolDefinition) throws(RPCError) {
        let arguments = request.params?["arguments"]
        for argument in tool.arguments {
            guard let header = argument.header, let value = arguments?[argument.name], !value.isNull else { continue }
            try check(headers.parameter(header), "Mcp-Param-\(header)", value)
        }
        guard let capability = tool.requiredCapability else { return }
        guard request.meta?[MetaKey.clientCapabilities]?[capability] == nil else { return }
        throw RPCError(
            .missingCapability, "\(tool.name) needs a client with the capability \(capability)",
            data: ["requiredCapabilities": [capability: [:]]], status: .badRequest)
    }

    /// TL-12: the header says what the argument says.
    private static func check(_ header: SingleValue, _ name: String, _ argument: JSONElement) throws(RPCError) {
        let text = try header.required(name)
        guard let decoded = HeaderSentinel.decode(text) else { throw .undecodable(name, text) }
        guard argument.isMirrored(by: decoded) else {
            throw .header(name, "Header mismatch: \(name) '\(decoded.quotable)' does not match its argument", decoded)
        }
    }
}

extension JSONElement {
    /// Whether a header with this value repeats the argument; integers are compared as numbers, so `42.0` is `42`.
    fileprivate func isMirrored(by text: String) -> Bool {
        switch kind {
        case .string: isString(text)
        case .bool: text == (bool == true ? "true" : "false")
        case .number:
            (try? JSONDocument(parsing: Array(text.utf8), limits: .request).root).map {
                $0.kind == .number && $0.integer != nil && $0.integer == integer
            } ?? false
        default: false
        }
    }
}
