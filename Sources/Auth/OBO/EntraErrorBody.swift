internal import JSON
internal import Observability

/// An error answer of the token endpoint, read without trusting a word of it.
struct EntraErrorBody: Sendable {
    /// `error`: what the documentation says to decide by.
    let error: String?
    let suberror: String?
    /// The numbers of `error_codes`, else the one in the description's `AADSTS` prefix.
    let codes: [Int]
    /// The claims challenge: a JSON text, passed on as received (E-101).
    let claims: String?
    /// One line of at most 500 characters, for the log only (E-75, E-154).
    let logDescription: String?
    let traceID: String?
    let correlationID: String?
    let timestamp: String?

    /// An answer without a readable body: HTML of a proxy, or nothing.
    static let unreadable = EntraErrorBody()

    private init() {
        (error, suberror, claims, logDescription, traceID, correlationID, timestamp) = (
            nil, nil, nil, nil, nil, nil, nil
        )
        codes = []
    }

    /// Of a member that is there twice the first counts: a failure stays one, and a vague reason helps nobody.
    ///
    /// - Returns: `nil` unless `bytes` are a JSON object.
    init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONDocument(parsing: bytes, limits: .upstream), document.root.isObject else {
            return nil
        }
        let root = document.root
        error = root["error"]?.string.map { LogSafeText.clean($0, limit: 64) }
        suberror = root["suberror"]?.string.map { LogSafeText.clean($0, limit: 64) }
        claims = root["claims"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let description = root["error_description"]?.string
        // Entra ID puts its identifiers on lines of their own.
        let oneLine = description?.split(whereSeparator: \.isNewline).joined(separator: " ")
        logDescription = oneLine.map { LogSafeText.clean($0, limit: 500) }
        codes = Self.codes(root, description: description)
        traceID = Self.guid(root["trace_id"])
        correlationID = Self.guid(root["correlation_id"])
        timestamp = root["timestamp"]?.string.map { LogSafeText.clean($0, limit: 32) }
    }

    private static func guid(_ element: JSONElement?) -> String? {
        element?.string.flatMap { GUID($0) }?.description
    }

    private static func codes(_ root: JSONElement, description: String?) -> [Int] {
        if let list = root["error_codes"], list.isArray {
            let codes = list.elements.prefix(16).compactMap { $0.integer.flatMap { Int(exactly: $0) } }
            if !codes.isEmpty { return codes }
        }
        guard let description, description.hasPrefix("AADSTS") else { return [] }
        let digits = description.utf8.dropFirst(6).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return Int(Substring(digits)).map { [$0] } ?? []
    }
}
