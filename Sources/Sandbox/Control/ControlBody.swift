internal import JSON

/// The body of a control call: an object whose members are all known, so that a typing mistake is not ignored.
struct ControlBody: Sendable {
    private let root: JSONElement

    /// - Throws: ``SandboxError`` when the body is not an object, or has other members than `allowed`.
    init(_ request: SandboxRequest, allowed: Set<String>) throws {
        let bytes = request.body.isEmpty ? Array("{}".utf8) : request.body
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes, limits: .request).root
        } catch {
            throw SandboxError(description: "The body is not JSON: \(error.reason.rawValue) at byte \(error.offset).")
        }
        guard root.isObject else { throw SandboxError(description: "The body must be a JSON object.") }
        if let unknown = root.members.first(where: { !allowed.contains($0.name) })?.name {
            throw SandboxError(
                description: "There is no member '\(unknown)' here. Known: \(allowed.sorted().joined(separator: ", "))."
            )
        }
    }

    var isEmpty: Bool { root.count == 0 }

    func has(_ name: String) -> Bool { root[name] != nil }

    func string(_ name: String) throws -> String? { try value(name, "a string", \.string) }

    func integer(_ name: String) throws -> Int64? { try value(name, "an integer", \.exactInteger) }

    func boolean(_ name: String) throws -> Bool? { try value(name, "true or false", \.bool) }

    func number(_ name: String) throws -> Double? { try value(name, "a number", \.double) }

    func required(_ name: String) throws -> String {
        guard let text = try string(name) else { throw SandboxError(description: "'\(name)' is missing.") }
        return text
    }

    /// One string, or a list of strings and numbers.
    func strings(_ name: String) throws -> [String]? {
        guard let value = root[name] else { return nil }
        let elements = value.isArray ? Array(value.elements) : [value]
        return try elements.map { element in
            guard let text = element.string ?? element.integer.map(String.init) else {
                throw SandboxError(description: "'\(name)' must be a string or a list of strings.")
            }
            return text
        }
    }

    /// One of the raw values of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _: Choice.Type) throws -> Choice?
    where Choice.RawValue == String {
        guard let text = try string(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SandboxError(description: "'\(name)' cannot be '\(text)'. Known: \(known).")
        }
        return choice
    }

    /// The members of an object; none when it is missing.
    func object(_ name: String) throws -> [(name: String, value: JSONValue)] {
        guard let value = root[name] else { return [] }
        guard value.isObject else { throw SandboxError(description: "'\(name)' must be an object.") }
        return value.members.map { ($0.name, JSONValue($0.value)) }
    }

    /// The members of an object by name; none when it is missing.
    func dictionary(_ name: String) throws -> [String: JSONValue] {
        Dictionary(try object(name).map { ($0.name, $0.value) }) { $1 }
    }

    /// The elements of a list of objects.
    func objects(_ name: String) throws -> [JSONElement]? {
        guard let value = root[name] else { return nil }
        guard value.isArray, value.elements.allSatisfy(\.isObject) else {
            throw SandboxError(description: "'\(name)' must be a list of objects.")
        }
        return Array(value.elements)
    }

    private func value<Value>(_ name: String, _ kind: String, _ read: (JSONElement) -> Value?) throws -> Value? {
        guard let element = root[name], !element.isNull else { return nil }
        guard let value = read(element) else { throw SandboxError(description: "'\(name)' must be \(kind).") }
        return value
    }
}
