internal import JSON

/// Reads query parameters as the Jobs API defines them, and refuses what it does not define.
///
/// The real service ignores unknown parameters and did take `True` (D-02) without understanding it. Here both are
/// refused, because a client that sends them has a bug that would otherwise go unseen.
struct QueryReader: Sendable {
    private let fields: [FormField]

    init(_ request: SandboxRequest, allowed: Set<String>) throws(WorkspaceError) {
        guard let fields = request.query else { throw .malformed("the query is not percent-encoded correctly") }
        if let name = fields.repeatedName { throw .malformed("parameter '\(name)' occurs more than once") }
        if let unknown = fields.first(where: { !allowed.contains($0.name) }) {
            throw .malformed("unknown parameter '\(unknown.name)'")
        }
        self.fields = fields
    }

    func string(_ name: String) -> String? { fields[name] }

    func boolean(_ name: String) throws(WorkspaceError) -> Bool {
        switch fields[name] {
        case nil, "false": return false
        case "true": return true
        case .some(let text): throw .malformed("Expected boolean for parameter '\(name)', found '\(text)'")
        }
    }

    func integer(_ name: String) throws(WorkspaceError) -> Int64? {
        guard let text = fields[name] else { return nil }
        guard let number = Int64(text), String(number) == text else {
            throw .malformed("Expected number for parameter '\(name)', found '\(text)'")
        }
        return number
    }

    /// An id without which the request makes no sense.
    func requiredID(_ name: String) throws(WorkspaceError) -> Int64 {
        guard let id = try integer(name) else {
            throw WorkspaceError(
                status: 400,
                body: .service(
                    code: "INVALID_PARAMETER_VALUE", message: "Missing required field: \(name)", withRequestInfo: false)
            )
        }
        return id
    }

    /// What a page token is bound to: every parameter but those that may change from page to page.
    var fingerprint: Int64 {
        let free: Set<String> = ["page_token", "limit", "offset"]
        let text = fields.filter { !free.contains($0.name) }.map { "\($0.name)=\($0.value)" }.sorted()
            .joined(separator: "&")
        // FNV-1a, cut to 28 bits: tokens stay short, and a token of another query is told apart.
        let hash = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return Int64(hash >> 36)
    }
}
