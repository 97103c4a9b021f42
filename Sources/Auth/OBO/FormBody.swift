internal import HTTPSyntax

/// Encodes a form body, `application/x-www-form-urlencoded`.
enum FormBody {
    /// The fields in order, all that is not unreserved percent-encoded: a secret may hold any byte.
    static func encode(_ fields: [(name: String, value: String)]) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 16 })
        for (name, value) in fields {
            if !body.isEmpty { body.append(UInt8(ascii: "&")) }
            PercentEncoding.append(name, to: &body)
            body.append(UInt8(ascii: "="))
            PercentEncoding.append(value, to: &body)
        }
        return body
    }
}
