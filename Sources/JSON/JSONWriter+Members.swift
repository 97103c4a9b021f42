extension JSONWriter {
    /// Writes the members of `object` into the object that is open, changed as ``JSONCopyRules`` say by default.
    ///
    /// For results that add members of their own to those of a foreign object. One memory copy when nothing changes.
    package mutating func copyMembers(of object: JSONElement) {
        guard object.isObject, object.count > 0 else { return }
        guard object.document.tape.traits.isEmpty else {
            for member in object.members {
                key(member.cleanName)
                copy(member.value)
            }
            return
        }
        let range = object.node.textRange
        separate()
        let bytes = object.document.tape.bytes
        append(bytes.span, range.lowerBound + 1..<range.upperBound - 1)
    }
}
