internal import HTTPTypes
internal import Observability

/// A header that routes modern requests and may say only one thing (ERA-06, ERA-13).
enum RoutingHeader: String {
    case protocolVersion = "MCP-Protocol-Version"
    case method = "Mcp-Method"
    case name = "Mcp-Name"
}

extension SingleValue {
    /// The one value that a modern request must have (LAD-2, LAD-4, LAD-5).
    func required(_ header: RoutingHeader) throws(RPCError) -> String { try required(header.rawValue) }

    /// The same for any header.
    func required(_ name: String) throws(RPCError) -> String {
        switch self {
        case .value(let value): return value
        case .absent: throw .header(name, "Header missing: \(name)", nil)
        case .several(let values): throw .repeated(name, values)
        }
    }
}

/// The headers that the protocol looks at, picked in one pass.
struct RequestHeaders: Sendable {
    private(set) var protocolVersion = SingleValue.absent
    private(set) var method = SingleValue.absent
    private(set) var name = SingleValue.absent
    private(set) var accept: String?
    private(set) var contentType: String?
    private(set) var contentEncoding: String?
    private var parameters: [(name: String, header: SingleValue)] = []

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
    func parameter(_ name: String) -> SingleValue {
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
