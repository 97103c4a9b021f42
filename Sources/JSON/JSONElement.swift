/// A view of one value of a ``JSONDocument``; cheap to make and to pass on.
///
/// Accessors answer `nil` for a value of another kind, so a path through a foreign document is a chain of `?`.
package struct JSONElement: Sendable {
    /// The six kinds of RFC 8259 values; both Boolean literals are one.
    package enum Kind: String, Sendable, Hashable {
        /// The literal `null`.
        case null
        /// The literals `true` and `false`.
        case bool = "boolean"
        /// Any number.
        case number
        /// Any string.
        case string
        /// An ordered list of values.
        case array
        /// A list of named values.
        case object
    }

    /// Keeps the bytes alive.
    let document: JSONDocument
    let index: Int

    var node: Node { document.tape.nodes[index] }

    /// What the value is.
    package var kind: Kind {
        switch node.kind {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Whether the value is the literal `null`.
    package var isNull: Bool { node.kind == .null }
    /// Whether the value is an object.
    package var isObject: Bool { node.isObject }
    /// Whether the value is an array.
    package var isArray: Bool { node.kind == .array }

    /// The value of a Boolean literal.
    package var bool: Bool? { node.kind == .bool ? node.has(.isTrue) : nil }

    /// The text of a string.
    package var string: String? { node.isString ? document.tape.string(at: index) : nil }

    /// The text of a string without control and invisible characters and terminal sequences, as a digest may show it
    /// (TC-05).
    package var cleanString: String? {
        guard node.has(.unclean), node.isString else { return string }
        return String(decoding: ControlCharacterFilter.clean(document.tape.utf8(at: index)), as: UTF8.self)
    }

    /// Whether the value is the string `text`; makes no `String`.
    package func isString(_ text: String) -> Bool { document.tape.isString(at: index, text.utf8.span) }

    /// The value of the first member called `name`, or `nil` when there is none or this is not an object.
    package subscript(name: String) -> JSONElement? {
        guard let value = document.tape.value(named: name, inObjectAt: index) else { return nil }
        return JSONElement(document: document, index: value)
    }

    /// The element at `position`, found in linear time, or `nil` when there is none or this is not an array.
    package subscript(position: Int) -> JSONElement? {
        position < 0 ? nil : elements.dropFirst(position).first { _ in true }
    }

    /// How many members or elements an object or array has; 0 for scalars.
    package var count: Int { node.count }

    /// The values of an array in order; none for other kinds.
    package var elements: JSONElements { JSONElements(self) }

    /// The members of an object in order, duplicates included; none for other kinds.
    package var members: JSONMembers { JSONMembers(self) }

    /// Whether no two members of the object have the same name, for documents that may hold duplicates elsewhere.
    package var hasUniqueNames: Bool {
        var names: Set<String> = []
        return members.allSatisfy { names.insert($0.name).inserted }
    }

    /// The bytes of the value as they stand in the text, a string's quotes included.
    package var rawBytes: ArraySlice<UInt8> { document.tape.bytes[node.textRange] }
}

/// One member of an object.
package struct JSONMember: Sendable {
    /// The member's value.
    package let value: JSONElement

    /// The member's name, decoded.
    package var name: String { value.document.tape.string(at: value.index - 1) }

    /// The member's name without control and invisible characters (TC-05).
    package var cleanName: String {
        let index = value.index - 1
        guard value.document.tape.nodes[index].has(.unclean) else { return name }
        return String(decoding: ControlCharacterFilter.clean(value.document.tape.utf8(at: index)), as: UTF8.self)
    }

    /// Whether the member is called `name`; makes no `String`.
    package func isNamed(_ name: String) -> Bool {
        value.document.tape.isString(at: value.index - 1, name.utf8.span)
    }
}
