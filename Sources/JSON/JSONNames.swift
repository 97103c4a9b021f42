/// Names of members that are looked for together: a member is compared with those of its length only.
package struct JSONNames: Sendable, ExpressibleByArrayLiteral {
    /// Longer names share a bucket with all that are longer still.
    private static let longest = 63

    /// The UTF-8 of all names, one after the other, the shorter ones first.
    private let text: [UInt8]
    /// Where each name ends in ``text``, and which place it had in the list it came from.
    private let entries: [(end: Int, place: Int)]
    /// For each length the first of its entries; one more than there are lengths.
    private let firstOfLength: [Int]
    /// Bit n is set when some name has n bytes, the last one for all longer names.
    private let lengths: UInt64

    /// Creates a list; a name that stands in it twice is found at its first place.
    package init(_ names: [String]) {
        var text: [UInt8] = []
        var entries: [(end: Int, place: Int)] = []
        var firstOfLength: [Int] = []
        var lengths: UInt64 = 0
        for length in 0...Self.longest {
            firstOfLength.append(entries.count)
            for (place, name) in names.enumerated() where min(name.utf8.count, Self.longest) == length {
                text += name.utf8
                entries.append((text.count, place))
                lengths |= 1 << UInt64(length)
            }
        }
        firstOfLength.append(entries.count)
        (self.text, self.entries, self.firstOfLength, self.lengths) = (text, entries, firstOfLength, lengths)
    }

    /// Creates a list.
    package init(arrayLiteral names: String...) { self.init(names) }

    /// Whether `name` is in the list.
    package func contains(_ name: String) -> Bool {
        let name = name.utf8.span
        return mayHave(length: name.count) && place(of: name) != nil
    }

    /// The place of these UTF-8 bytes in the list.
    func place(of name: Span<UInt8>) -> Int? {
        let length = min(name.count, Self.longest)
        let text = text.span
        for index in firstOfLength[length]..<firstOfLength[length + 1] {
            let start = index == 0 ? 0 : entries[index - 1].end
            if name.isEqual(0..<name.count, text.extracting(start..<entries[index].end)) { return entries[index].place }
        }
        return nil
    }

    @inline(__always)
    func mayHave(length: Int) -> Bool { lengths &>> UInt64(truncatingIfNeeded: min(length, Self.longest)) & 1 != 0 }
}

extension Tape {
    /// Calls `body` with the place in `names` and the index of the value, for each member that has one of them.
    func forEachMember(
        ofObjectAt index: Int, in names: JSONNames, _ body: (_ place: Int, _ value: Int) -> Void
    ) {
        guard nodes[index].isObject else { return }
        let end = Int(nodes[index].next)
        var name = index + 1
        while name < end {
            if let place = place(ofNameAt: name, in: names) { body(place, name + 1) }
            name = Int(nodes[name + 1].next)
        }
    }

    /// The place of the name at `index` in `names`.
    @inline(__always)
    func place(ofNameAt index: Int, in names: JSONNames) -> Int? {
        let name = nodes[index]
        if name.has(.escaped) { return names.place(of: utf8(at: index).span) }
        let range = name.range
        return names.mayHave(length: range.count) ? names.place(of: bytes.span.extracting(range)) : nil
    }
}

extension JSONElement {
    /// Calls `body` for each member with one of `names`, in the order of the document: one pass without strings.
    package func forEachMember(in names: JSONNames, _ body: (_ place: Int, _ value: JSONElement) -> Void) {
        document.tape.forEachMember(ofObjectAt: index, in: names) { place, value in
            body(place, JSONElement(document: document, index: value))
        }
    }

    /// Where this value stands in its document.
    package var offset: JSONOffset { JSONOffset(index: UInt32(truncatingIfNeeded: index)) }

    /// The value at a place of the same document.
    package subscript(offset: JSONOffset) -> JSONElement {
        JSONElement(document: document, index: Int(offset.index))
    }
}

extension JSONMember {
    /// Whether the member has one of `names`.
    package func isNamed(anyOf names: JSONNames) -> Bool {
        value.document.tape.place(ofNameAt: value.index - 1, in: names) != nil
    }
}

/// A place in a document, which it does not keep alive: costs nothing to copy, and means nothing without the document.
package struct JSONOffset: Sendable {
    fileprivate let index: UInt32
}
