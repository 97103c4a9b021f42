internal import JSON
internal import Testing

@Suite struct JSONValueTests {
    @Test("Reads back what it writes", arguments: ValidText.all)
    func roundTrip(_ row: ValidText) throws {
        #expect(try JSONValue.parse(row.value.serialized, limits: .request) == row.value)
        #expect(row.value.description.utf8.elementsEqual(row.value.serialized))
    }

    @Test("Objects are equal in any order, and hash alike")
    func objectsAreUnordered() {
        let first: JSONValue = ["a": 1, "b": [2, ["c": 3, "d": nil]]]
        let second: JSONValue = ["b": [2, ["d": nil, "c": 3]], "a": 1]
        #expect(first == second)
        #expect(Set([first, second]).count == 1)
        #expect(first != ["a": 1, "b": [2, ["c": 3]]])
        #expect(first != ["a": 1])
        #expect(JSONValue.object(JSONObject([("a", 1), ("a", 2)])) != ["a": 1, "b": 2])
    }

    @Test("An object that names a member twice is equal to itself and to the same members, whatever their order")
    func repeatedNames() {
        let object = JSONObject([("a", 1), ("b", 3), ("a", 2)])
        #expect(object == object)
        #expect(object == JSONObject([("b", 3), ("a", 1), ("a", 2)]))
        #expect(object != JSONObject([("a", 2), ("b", 3), ("a", 1)]))
        #expect(object != JSONObject([("a", 1), ("b", 3), ("c", 2)]))
        #expect(JSONObject([("a", 1), ("b", 3), ("c", 2)]) != object)
    }

    @Test("Members are set, replaced and removed by name, in order")
    func members() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = 3
        object["c"] = "x"
        object["b"] = .some(nil)
        #expect(JSONValue.object(object).description == #"{"a":3,"b":null,"c":"x"}"#)
        object["b"] = nil as JSONValue?
        object["d"] = nil as JSONValue?
        #expect(JSONValue.object(object).description == #"{"a":3,"c":"x"}"#)
        #expect(JSONValue.object(object)["c"] == "x")
        #expect(JSONValue.array([])["c"] == nil as JSONValue?)
    }

    @Test("Names are compared by their bytes")
    func namesAreBytes() {
        let object: JSONObject = ["é": 1]
        #expect(object["é"] == 1)
        #expect(object["e\u{301}"] == nil as JSONValue?)
    }
}
