extension JSONWriter {
    /// Writes the members of `object` into the object that is open, changed as ``JSONCopyRules`` say by default.
    ///
    /// For results that add members of their own to those of a foreign object. One memory copy when nothing changes.
    package mutating func copyMembers(of object: JSONElement) {
        guard object.isObject, object.count > 0 else { return }
        let tape = object.document.tape
        guard tape.traits.isEmpty else {
            for member in object.members {
                key(member.cleanName)
                copy(member.value)
            }
            return
        }
        let range = object.node.textRange
        separate()
        append(tape.bytes.span, range.lowerBound + 1..<range.upperBound - 1)
    }
}
