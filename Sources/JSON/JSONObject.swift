/// The members of a JSON object, in the order they are written; equal when the same names have equal values.
package struct JSONObject: Sendable, ExpressibleByDictionaryLiteral {
    /// A named value.
    package typealias Member = (name: String, value: JSONValue)

    /// The members in order.
    package private(set) var members: [Member]

    /// Creates an object; of equal names the first wins every look-up.
    package init(_ members: [(String, JSONValue)] = []) {
        self.members = members.map { (name: $0.0, value: $0.1) }
    }

    /// Creates an object from a literal.
    package init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }

    /// The value of the member `name`; setting adds it at the end, setting `nil` removes it.
    package subscript(name: String) -> JSONValue? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): members.remove(at: position)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// Names are compared by their bytes: unlike `String`, JSON does not know of canonical equivalence.
    private func position(of name: String) -> Int? {
        members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }
    }
}

extension JSONObject: Hashable {
    /// Whether both have the same names with equal values, in any order; of a repeated name all values count.
    package static func == (first: JSONObject, second: JSONObject) -> Bool {
        first.members.count == second.members.count
            && first.members.allSatisfy { first.values(of: $0.name).elementsEqual(second.values(of: $0.name)) }
    }

    private func values(of name: String) -> some Sequence<JSONValue> {
        members.lazy.filter { $0.name.utf8.elementsEqual(name.utf8) }.map(\.value)
    }

    /// Feeds the members in, independently of their order.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(members.count)
        hasher.combine(
            members.reduce(0) { sum, member in
                var one = Hasher()
                one.combine(member.name)
                one.combine(member.value)
                return sum &+ one.finalize()
            })
    }
}
