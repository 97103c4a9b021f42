internal import HTTPSyntax
internal import Testing

@Suite struct AcceptedRangeTests {
    @Test(
        "Reads the ranges of all fields (RFC 9110 section 12.5.1)",
        arguments: [
            ([], []), ([""], []), (["a/b"], ["a/b 1000"]), (["A/B;Q=0.5 , */*;q=0"], ["a/b 500", "*/* 0"]),
            (["a/b;q=1.000", "c/*;q=0.001"], ["a/b 1000", "c/* 1"]), (["a/b;version=\"1.0\";q=0.25"], ["a/b 250 v1.0"]),
            (["a/b;x=\",c/d,\";q=0.1"], ["a/b 100"]), ([" a/b\t;\tq=0. "], ["a/b 0"]),
            // No range, or none with a weight: as if it were not there.
            (["a", "/b", "a/", "a/b/c", ";q=1"], []), (["a/b;q=1.1", "a/b;q=high", "a/b;q=0.1234", "a/b;q="], []),
            (["a/b;q=+1, a/b;q=.5, a/b;q=2, c/d"], ["c/d 1000"]),
        ] as [([String], [String])])
    func reads(values: [String], ranges: [String]) {
        let found = AcceptedRange.all(in: values).map { range in
            "\(range.type)/\(range.subtype) \(range.weight)" + (range.version.map { " v\($0)" } ?? "")
        }
        #expect(found == ranges)
    }

    @Test("Reads nothing of fields that are too long")
    func bounded() {
        let element = "a/b,"
        let count = AcceptedRange.maximumBytes / element.utf8.count
        #expect(AcceptedRange.all(in: [String(repeating: element, count: count)]).count == count)
        #expect(AcceptedRange.all(in: [String(repeating: element, count: count), "c"]).isEmpty)
    }

    @Test(
        "The most exact range decides, of several the highest weight",
        arguments: [
            ("", 0), ("*/*", 1_000), ("*/*;q=0.2, text/*;q=0", 0), ("text/html;q=0.3, text/*;q=0.9, */*", 300),
            ("text/*;q=0.4, */*;q=0.5", 400), ("text/html;q=0, */*", 0), ("text/html;q=0.1, text/html;q=0.7", 700),
            ("text/html;level=1;q=0.6", 600), ("text/plain, application/html", 0), ("*/html", 0),
            // Any type but no application at all: a copy of this rule took the wildcard for an answer.
            ("text/*;q=0, */*", 0),
        ])
    func decides(accept: String, weight: Int) {
        #expect(Preference(for: "text", "html", in: AcceptedRange.all(in: [accept])).weight == weight)
    }

    @Test("Another version is another type, where the type has versions")
    func versions() {
        let ranges = AcceptedRange.all(in: [
            "text/plain;version=1.0.0, text/plain;version=0.0.4;q=0.5, text/plain;q=0.1"
        ])
        let preference = Preference(for: "text", "plain", version: "0.0.4", in: ranges)
        #expect(preference.weight == 500 && preference.exactness == .withVersion)
        #expect(Preference(for: "text", "plain", version: "2", in: ranges).weight == 100)
        #expect(Preference(for: "text", "plain", in: ranges).weight == 1_000)
    }
}
