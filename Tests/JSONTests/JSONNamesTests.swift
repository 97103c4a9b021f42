internal import JSON
internal import Testing

@Suite struct JSONNamesTests {
    private let names: JSONNames = [
        "job_id", "run_id", "name", "",
        "a name of more than sixty-three bytes, which has company of other lengths xxxxxx",
        "a name of more than sixty-three bytes, which has company of other lengths yyyyyy", "åäö",
    ]

    private func places(_ text: String) throws -> [String] {
        var found: [String] = []
        let root = try JSONDocument(parsing: Array(text.utf8), limits: .upstream).root
        root.forEachMember(in: names) { place, value in found.append("\(place)=\(value.integer ?? -1)") }
        return found
    }

    @Test(
        "Finds the members that a list names, in the order of the document",
        arguments: [
            (#"{"run_id":1,"job_id":2,"runs":3}"#, ["1=1", "0=2"]), ("{}", []), ("[1]", []), (#"{"":5}"#, ["3=5"]),
            (#"{"name":{"name":7},"other":{"name":8},"name":9}"#, ["2=-1", "2=9"]),
            (#"{"n\u0061me":1,"\u00e5äö":2,"nam":3,"names":4}"#, ["2=1", "6=2"]),
            (
                #"{"a name of more than sixty-three bytes, which has company of other lengths yyyyyy":1}"#, ["5=1"]
            ),
        ])
    func finds(_ text: String, _ expected: [String]) throws {
        #expect(try places(text) == expected)
    }

    @Test("Says which names it has")
    func contains() {
        for name in ["job_id", "name", "", "åäö"] { #expect(names.contains(name)) }
        for name in ["job_ie", "jobid", "Name", " ", "åä"] { #expect(!names.contains(name)) }
        #expect(!JSONNames([]).contains(""))
    }

    @Test("Tells whether one member is named")
    func isNamed() throws {
        let root = try JSONDocument(parsing: Array(#"{"x":1,"run_id":2}"#.utf8), limits: .upstream).root
        #expect(root.members.map { $0.isNamed(anyOf: names) } == [false, true])
    }

    @Test("A place leads back to its value, and a document's growth moves none")
    func places() throws {
        let text = "[" + (0..<5_000).map { "\($0)" }.joined(separator: ",") + "]"
        let root = try JSONDocument(parsing: Array(text.utf8), limits: .request).root
        let places = root.elements.map(\.offset)
        #expect(places.map { root[$0].integer } == (0..<5_000).map { Int64($0) })
    }
}
