internal import HTTPTransport
internal import Testing

@Suite struct HeaderListTests {
    @Test("Finds fields in any case of letters, the first one first")
    func lookup() {
        let list: HeaderList = ["Content-Type": "a", "X-Many": "1", "x-many": "2", "X-Many-More": "3"]

        #expect(list["content-type"] == "a")
        #expect(list["X-MANY"] == "1")
        #expect(list.values(for: "x-Many") == ["1", "2"])
        #expect(list["X-Man"] == nil)
        #expect(list["Missing"] == nil)
        #expect(list.values(for: "Missing").isEmpty)
    }

    @Test("Keeps the order, and values as they are")
    func order() {
        var list = HeaderList()
        #expect(list.isEmpty)

        list.append("B", "b: c")
        list.append("A", "")
        list.append("C", "ä\tö")

        #expect(list.fields.map(\.name) == ["B", "A", "C"])
        #expect(list.fields.map(\.value) == ["b: c", "", "ä\tö"])
        #expect(list.isValid)
        #expect(!list.isEmpty)
    }

    @Test("Leaves out what HTTP cannot carry, and remembers", arguments: ["a\r\nb", "\n", "\0", "\u{7F}", "\u{1B}[0m"])
    func refuses(value: String) {
        let list: HeaderList = ["Good": "1", "Bad": value]

        #expect(!list.isValid)
        #expect(list.fields.map(\.name) == ["Good"])
    }

    @Test("Prints names and no values")
    func description() {
        let list: HeaderList = ["Authorization": "Bearer word", "Accept": "word"]

        #expect("\(list)" == "Authorization, Accept")
    }
}
