internal import JSON
internal import Testing

@Suite struct JSONDocumentTests {
    @Test("Reads", arguments: ValidText.all)
    func reads(_ row: ValidText) throws {
        #expect(try JSONValue.parse(row.text, limits: .request) == row.value)
    }

    @Test("Refuses", arguments: InvalidText.all)
    func refuses(_ row: InvalidText) {
        let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: row.bytes, limits: .request) }

        #expect(error == JSONError(row.reason, at: row.offset))
    }

    @Test("Refuses every prefix of a document and every wrong byte after it")
    func refusesPrefixes() throws {
        let text = Array(#"{"a":[1,-2.5e3,true,null,"x\n\ud83d\ude00é"],"b":{"c":false}}"#.utf8)
        #expect(throws: Never.self) { try JSONDocument(parsing: text, limits: .request) }
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSONDocument(parsing: Array(text[..<length]), limits: .request) }
        }
    }

    @Test("Survives any single byte put anywhere")
    func survivesChangedBytes() {
        let text = Array(#"{"a":[1,-2.5e3,true,"x\u00e9é"]}"#.utf8)
        for offset in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[offset] = byte
                // Whatever it says, it says so without trapping, and what it accepts it can write and read again.
                guard let value = try? JSONValue.parse(changed, limits: .request) else { continue }
                #expect(throws: Never.self) { try JSONValue.parse(value.serialized, limits: .request) }
            }
        }
    }

    @Test("Every reason to refuse a text has a row")
    func tableIsComplete() {
        let checkedElsewhere: Set<JSONError.Reason> = [.tooDeep, .tooManyValues, .tooLarge]
        #expect(Set(InvalidText.all.map(\.reason)).union(checkedElsewhere) == Set(JSONError.Reason.allCases))
    }

    @Test("Finds the end of strings of every length around the eight-byte step", arguments: 0...40)
    func stringLengths(_ length: Int) throws {
        let body = String(repeating: "x", count: length)
        #expect(
            try JSONValue.parse("[\"\(body)\",\"\(body)\\n\",\"\(body)é\"]") == [
                .string(body), .string(body + "\n"), .string(body + "é"),
            ])
    }
}
