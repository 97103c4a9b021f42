internal import JSON
internal import Observability

/// Which era a request belongs to; decided on the request alone.
enum EraDecision {
    case modern
    case legacy(ProtocolVersion)
    case refused(RPCError)

    /// The decision of ERA-01 to ERA-10, top to bottom.
    init(_ request: RPCRequest, header: SingleValue) {
        do throws(RPCError) {
            self = try Self.decide(request, header)
        } catch {
            self = .refused(error)
        }
    }

    private static func decide(_ request: RPCRequest, _ header: SingleValue) throws(RPCError) -> EraDecision {
        let named = try value(of: header)
        let claim = request.claim
        if let claim, claim.kind != .string {  // ERA-01
            throw .invalidMetadata(
                "The protocol version must be a string", data: ["invalid": [.string(MetaKey.protocolVersion)]])
        }
        if let named, let claim, !claim.isString(named) {  // ERA-02
            throw .mismatch(.protocolVersion, named, claim.string ?? "")
        }
        guard let text = named ?? claim?.string else { return .legacy(.march2025) }  // ERA-05
        if let version = ProtocolVersion(rawValue: text) {  // ERA-03, ERA-04, ERA-07, ERA-10
            return version.isModern ? .modern : .legacy(version)
        }
        // ERA-08: what an unknown client wants, its body negotiates; ERA-09 otherwise.
        guard request.method == .initialize, claim == nil else {
            throw .unsupportedVersion(text, of: named == nil ? MetaKey.protocolVersion : Self.header)
        }
        return .legacy(.november2025)
    }

    /// The version that the header of a notification or posted response names, if any (J-06, J-07).
    static func version(ofUnansweredMessage header: SingleValue) throws(RPCError) -> ProtocolVersion? {
        guard let text = try value(of: header) else { return nil }
        guard let version = ProtocolVersion(rawValue: text) else { throw .unsupportedVersion(text, of: Self.header) }
        return version
    }

    private static var header: String { RoutingHeader.protocolVersion.rawValue }

    private static func value(of header: SingleValue) throws(RPCError) -> String? {
        switch header {
        case .absent: nil
        case .value(let value): value
        case .several(let values): throw .repeated(Self.header, values)  // ERA-06
        }
    }
}

extension RPCError {
    /// A routing header that differs from what the body says.
    static func mismatch(_ header: RoutingHeader, _ value: String, _ body: String) -> RPCError {
        .header(
            header.rawValue,
            "Header mismatch: \(header.rawValue) '\(value.quotable)' does not match body value '\(body.quotable)'",
            value)
    }
}
