/// A JSON value on its own, for documents that are built or compared rather than served.
package enum JSONValue: Sendable, Hashable {
    /// The literal `null`.
    case null
    /// A Boolean literal.
    case bool(Bool)
    /// A number written without fraction and exponent that fits.
    case integer(Int64)
    /// Any other number.
    case number(Double)
    /// A string.
    case string(String)
    /// An ordered list of values.
    case array([JSONValue])
    /// A list of named values.
    case object(JSONObject)

    /// Copies a parsed value out of its document.
    ///
    /// Numbers beyond Int64 lose digits here, as `Double` does; ``JSONElement/numberText`` has them.
    package init(_ element: JSONElement) {
        switch element.kind {
        case .null: self = .null
        case .bool: self = .bool(element.bool == true)
        case .number: self = Self.number(element)
        case .string: self = .string(element.string ?? "")
        case .array: self = .array(element.elements.map(JSONValue.init))
        case .object: self = .object(JSONObject(element.members.map { ($0.name, JSONValue($0.value)) }))
        }
    }

    /// Parses all of `bytes`.
    package static func parse(_ bytes: [UInt8], limits: JSONLimits = .upstream) throws(JSONError) -> JSONValue {
        JSONValue(try JSONDocument(parsing: bytes, limits: limits).root)
    }

    /// Parses all of `text`.
    package static func parse(_ text: String, limits: JSONLimits = .upstream) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), limits: limits)
    }

    /// The value as compact JSON.
    package var serialized: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The value of a member, or `nil` when there is none or this is not an object.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let object) = self else { return nil }
        return object[name]
    }

    private static func number(_ element: JSONElement) -> JSONValue {
        if element.node.has(.integral), let integer = element.integer { return .integer(integer) }
        return .number(element.double ?? .infinity)
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON.
    package var description: String { String(decoding: serialized, as: UTF8.self) }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// Creates `null`.
    package init(nilLiteral: ()) { self = .null }
    /// Creates a Boolean.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Creates an integer.
    package init(integerLiteral value: Int64) { self = .integer(value) }
    /// Creates a number.
    package init(floatLiteral value: Double) { self = .number(value) }
    /// Creates a string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// Creates an array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Creates an object with its members in the order written.
    package init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(JSONObject(members)) }
}
