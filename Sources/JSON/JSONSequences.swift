/// The values of an array, in order.
package struct JSONElements: Sequence, IteratorProtocol, Sendable {
    private let document: JSONDocument
    private var nextIndex: Int
    private let end: Int

    init(_ array: JSONElement) {
        document = array.document
        nextIndex = array.index + 1
        end = array.isArray ? Int(array.node.next) : nextIndex
    }

    /// The next value, or `nil` after the last.
    package mutating func next() -> JSONElement? {
        guard nextIndex < end else { return nil }
        defer { nextIndex = Int(document.tape.nodes[nextIndex].next) }
        return JSONElement(document: document, index: nextIndex)
    }
}

/// The members of an object, in order.
package struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    private let document: JSONDocument
    private var nextName: Int
    private let end: Int

    init(_ object: JSONElement) {
        document = object.document
        nextName = object.index + 1
        end = object.isObject ? Int(object.node.next) : nextName
    }

    /// The next member, or `nil` after the last.
    package mutating func next() -> JSONMember? {
        guard nextName < end else { return nil }
        let value = nextName + 1
        nextName = Int(document.tape.nodes[value].next)
        return JSONMember(value: JSONElement(document: document, index: value))
    }
}
