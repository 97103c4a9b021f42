internal import JSON
internal import Observability

/// A message that a client posted, told apart by the members it has (J-01 to J-07).
enum IncomingMessage {
    case request(RPCRequest)
    case notification(method: String)
    /// A response to a request that we never sent.
    case response
    /// Not a message; the id is there if it could be read (J-05).
    case invalid(RequestID?, RPCError)

    init(_ element: JSONElement) {
        guard element.isObject else {
            self = .invalid(nil, .invalidRequest("The message must be a JSON object"))
            return
        }
        let idElement = element["id"]
        let id = idElement.flatMap(RequestID.init)
        do throws(RPCError) {
            self = try Self.read(element, id, hasID: idElement != nil)
        } catch {
            self = .invalid(id, error)
        }
    }

    private static func read(_ element: JSONElement, _ id: RequestID?, hasID: Bool) throws(RPCError) -> IncomingMessage
    {
        guard element["jsonrpc"]?.isString("2.0") == true else { throw .invalidRequest("jsonrpc must be \"2.0\"") }
        guard id != nil || !hasID else { throw .invalidRequest("id must be a string or an integer") }
        guard let method = element["method"] else {
            guard element["result"] != nil || element["error"] != nil else {
                throw .invalidRequest("method is missing")
            }
            return .response
        }
        guard method.kind == .string else { throw .invalidRequest("method must be a string") }
        // As some clients write that there are none.
        let params = element["params"].flatMap { $0.isNull ? nil : $0 }
        guard params?.isObject ?? true else { throw .invalidRequest("params must be an object") }
        guard let id else { return .notification(method: method.string ?? "") }
        return .request(RPCRequest(id: id, methodElement: method, params: params))
    }
}

/// A request whose form is valid and whose content nobody has looked at.
struct RPCRequest: Sendable {
    let id: RequestID
    /// The method, if it is one of ours.
    let method: Method?
    let params: JSONElement?
    /// `params._meta`, whatever it is.
    let meta: JSONElement?
    private let methodElement: JSONElement

    init(id: RequestID, methodElement: JSONElement, params: JSONElement?) {
        self.id = id
        self.methodElement = methodElement
        self.params = params
        meta = params?["_meta"]
        method = Method.allCases.first { methodElement.isString($0.rawValue) }
    }

    /// The method as the client wrote it.
    var methodName: String { methodElement.string ?? "" }

    func isMethod(_ name: String) -> Bool { methodElement.isString(name) }

    /// The protocol version that the request claims for itself, of whatever type.
    var claim: JSONElement? { meta?[MetaKey.protocolVersion] }

    /// The member of `params` that `Mcp-Name` repeats, by method (LAD-5).
    var routedName: JSONElement? {
        if method == .callTool || isMethod("prompts/get") { return params?["name"] }
        if method != nil { return nil }
        if isMethod("resources/read") { return params?["uri"] }
        return methodName.hasPrefix("tasks/") ? params?["taskId"] : nil
    }
}

extension String {
    /// Foreign text, cleaned and cut to 64 characters so that it can stand in a message (ERA-15).
    var quotable: String { LogSafeText.clean(self, limit: 64) }
}
