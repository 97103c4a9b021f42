/// Refuses objects that name a member twice, escapes resolved: `"a"` and `"\u0061"` are the same name.
extension TapeBuilder {
    /// Objects up to this size are compared pairwise; larger ones through hashes.
    private static let pairwiseLimit = 8

    /// Checks the object that ends here, whose members are complete but whose own entry is still open.
    func refuseDuplicateNames(_ text: Span<UInt8>, inObjectAt index: Int, count: Int) throws(JSONError) {
        if count <= Self.pairwiseLimit {
            try refusePairs(text, firstName: index + 1)
        } else {
            try refuseEqualHashes(text, firstName: index + 1, count: count)
        }
    }

    private func refusePairs(_ text: Span<UInt8>, firstName: Int) throws(JSONError) {
        var name = firstName
        while name < nodes.count {
            var earlier = firstName
            while earlier < name {
                guard !areEqual(text, nodes[earlier], nodes[name]) else {
                    throw JSONError(.duplicateName, at: Int(nodes[name].start) - 1)
                }
                earlier = nameAfter(earlier)
            }
            name = nameAfter(name)
        }
    }

    /// Sorts by hash and compares neighbours.
    ///
    /// `Hasher` is seeded per process, so nobody outside can choose names that collide and make this quadratic.
    private func refuseEqualHashes(_ text: Span<UInt8>, firstName: Int, count: Int) throws(JSONError) {
        var names: [(hash: Int, index: Int)] = []
        names.reserveCapacity(count)
        var name = firstName
        while name < nodes.count {
            names.append((hash(text, nodes[name]), name))
            name = nameAfter(name)
        }
        names.sort { ($0.hash, $0.index) < ($1.hash, $1.index) }
        for (earlier, later) in zip(names, names.dropFirst()) where earlier.hash == later.hash {
            guard !areEqual(text, nodes[earlier.index], nodes[later.index]) else {
                throw JSONError(.duplicateName, at: Int(nodes[later.index].start) - 1)
            }
        }
    }

    /// The name after the one at `index`: the entry after the subtree of its value.
    private func nameAfter(_ index: Int) -> Int { Int(nodes[index + 1].next) }

    private func areEqual(_ text: Span<UInt8>, _ first: Node, _ second: Node) -> Bool {
        guard first.has(.escaped) || second.has(.escaped) else { return text.isEqual(first.range, second.range) }
        return decoded(text, first) == decoded(text, second)
    }

    private func hash(_ text: Span<UInt8>, _ name: Node) -> Int {
        var hasher = Hasher()
        if name.has(.escaped) {
            hasher.combine(decoded(text, name))
        } else {
            var bytes: [UInt8] = []
            text.append(name.range, to: &bytes)
            hasher.combine(bytes)
        }
        return hasher.finalize()
    }

    private func decoded(_ text: Span<UInt8>, _ name: Node) -> [UInt8] {
        var bytes: [UInt8] = []
        text.decodeString(in: name.range, to: &bytes)
        return bytes
    }
}

extension Span<UInt8> {
    /// Whether the bytes in two ranges are the same.
    func isEqual(_ first: Range<Int>, _ second: Range<Int>) -> Bool {
        guard first.count == second.count else { return false }
        return isEqual(first, extracting(second))
    }

    /// Whether the bytes in `range` are those of `text`.
    @inline(__always)
    func isEqual(_ range: Range<Int>, _ text: Span<UInt8>) -> Bool {
        range.count == text.count && starts(with: text, at: range.lowerBound)
    }

    /// Whether the bytes of `text` stand at `start`; there must be as many.
    ///
    /// Compares eight bytes at a time, the last eight perhaps for the second time; all loads are bounds-checked.
    func starts(with text: Span<UInt8>, at start: Int) -> Bool {
        guard text.count >= 8 else {
            for offset in 0..<text.count where self[start &+ offset] != text[offset] { return false }
            return true
        }
        var offset = 0
        while offset < text.count {
            let from = min(offset, text.count &- 8)
            guard word(at: start &+ from) == text.word(at: from) else { return false }
            offset &+= 8
        }
        return true
    }

    /// Eight bytes as a number, the first one lowest; any bit pattern is valid, and the load is bounds-checked.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
