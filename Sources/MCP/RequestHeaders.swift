internal import HTTPTypes

/// A header that routes modern requests and may stand only once.
enum RoutingHeader: Sendable {
    enum Name: String {
        case protocolVersion = "MCP-Protocol-Version"
        case method = "Mcp-Method"
        case name = "Mcp-Name"
    }

    case absent
    /// Its value without surrounding white space (ERA-13).
    case value(String)
    case repeated

    fileprivate mutating func add(_ value: String) {
        if case .absent = self { self = .value(value.trimmed) } else { self = .repeated }
    }
}

/// The headers that the protocol looks at, picked in one pass.
struct RequestHeaders: Sendable {
    private(set) var protocolVersion = RoutingHeader.absent
    private(set) var method = RoutingHeader.absent
    private(set) var name = RoutingHeader.absent
    private(set) var accept: String?
    private(set) var contentType: String?
    private(set) var contentEncoding: String?
    private var parameters: [(name: String, header: RoutingHeader)] = []

    init(_ fields: HTTPFields) {
        for field in fields {
            switch field.name.canonicalName {
            case "mcp-protocol-version": protocolVersion.add(field.value)
            case "mcp-method": method.add(field.value)
            case "mcp-name": name.add(field.value)
            case "accept": Self.join(&accept, field.value)
            case "content-type": Self.join(&contentType, field.value)
            case "content-encoding": Self.join(&contentEncoding, field.value)
            case let name where name.hasPrefix("mcp-param-"): addParameter(name, field.value)
            default: break
            }
        }
    }

    /// The header `Mcp-Param-NAME` (TL-12).
    func parameter(_ name: String) -> RoutingHeader {
        let name = "mcp-param-\(name.lowercased())"
        return parameters.first { $0.name == name }?.header ?? .absent
    }

    private mutating func addParameter(_ name: String, _ value: String) {
        let position = parameters.firstIndex { $0.name == name }
        if position == nil { parameters.append((name, .absent)) }
        parameters[position ?? parameters.count - 1].header.add(value)
    }

    /// A header that may be a list stands for one, however often it is repeated (RFC 9110 section 5.3).
    private static func join(_ header: inout String?, _ value: String) {
        header = header.map { "\($0), \(value)" } ?? value
    }
}

extension String {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmed: String {
        func isBlank(_ character: Character?) -> Bool { character == " " || character == "\t" }
        guard isBlank(first) || isBlank(last) else { return self }
        var text = self[...]
        while isBlank(text.first) { text.removeFirst() }
        while isBlank(text.last) { text.removeLast() }
        return String(text)
    }
}
