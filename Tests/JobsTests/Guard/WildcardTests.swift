internal import HTTPTransport
internal import JSON
internal import Jobs
internal import TestSupport
internal import Testing

/// A pattern and a name, and what lists of rules make of it.
private struct RuleCase: CustomTestStringConvertible {
    let pattern: String
    let name: String
    /// Whether a rule that allows stands for the name.
    let allows: Bool
    /// Whether a rule that denies does.
    let denies: Bool

    init(_ pattern: String, _ name: String, allows: Bool, denies: Bool) {
        self.pattern = pattern
        self.name = name
        self.allows = allows
        self.denies = denies
    }

    var testDescription: String { "\(pattern) and \(name.debugDescription)" }

    static let all = [
        // Case, in every script.
        RuleCase("nightly*", "NIGHTLY orders", allows: true, denies: true),
        RuleCase("istanbul*", "İSTANBUL yükü", allows: true, denies: true),
        RuleCase("İstanbul*", "istanbul", allows: true, denies: true),
        RuleCase("straße", "STRASSE", allows: true, denies: true),
        RuleCase("STRASSE", "straße", allows: true, denies: true),
        RuleCase("ΟΔΟΣ", "οδος", allows: true, denies: true),
        RuleCase("οδός", "ΟΔΌΣ", allows: true, denies: true),
        RuleCase("kelvin", "\u{212A}elvin", allows: true, denies: true),
        RuleCase("заказы*", "ЗАКАЗЫ ночью", allows: true, denies: true),
        RuleCase("ﬁnance", "FINANCE", allows: true, denies: true),
        // Normal forms.
        RuleCase("café", "cafe\u{301}", allows: true, denies: true),
        RuleCase("cafe\u{301}", "CAFÉ", allows: true, denies: true),
        RuleCase("caf?", "cafe\u{301}", allows: true, denies: true),
        RuleCase("한글*", "\u{1112}\u{1161}\u{11AB}글 job", allows: true, denies: true),
        RuleCase("\u{212B}ngström", "ångstro\u{308}m", allows: true, denies: true),
        RuleCase("q\u{323}\u{307}", "q\u{307}\u{323}", allows: true, denies: true),
        // Marks.
        RuleCase("e*", "étoile", allows: false, denies: false),
        RuleCase("e*", "e\u{301}toile", allows: false, denies: false),
        RuleCase("*न*", "निर्यात", allows: false, denies: true),
        // What reads the same.
        RuleCase("payroll*", "pay\u{200B}roll", allows: false, denies: true),
        RuleCase("payroll*", "payroll\u{E0041}", allows: false, denies: true),
        RuleCase("payroll run", "payroll\u{A0}run", allows: false, denies: true),
        RuleCase("payroll", "ｐａｙｒｏｌｌ", allows: false, denies: true),
        RuleCase("payroll", "pay\u{1B}[0mroll", allows: false, denies: true),
        // And what does not.
        RuleCase("payroll", "payrolls", allows: false, denies: false),
        RuleCase("i*", "Orders", allows: false, denies: false),
        RuleCase("*ss*", "ship", allows: false, denies: false),
    ]
}

@Suite struct WildcardTests {
    @Test(
        "Matches wildcards",
        arguments: [
            ("*", "", true), ("", "", true), ("", "a", false), ("a*c", "ABC", true), ("a*c", "abcd", false),
            ("*b*", "abc", true), ("a?c", "abc", true), ("a?c", "ac", false), ("**a**", "a", true),
            ("*ab*ab", "abxab", true), ("*ab*ab", "ab", false), ("å*", "Åland", true),
        ])
    func wildcards(_ pattern: String, _ text: String, _ matches: Bool) {
        #expect(Wildcard(pattern).matches(text) == matches)
        #expect(Wildcard(pattern).resembles(text) == matches)
    }

    @Test("What allows stands for no more than it says, and nothing that reads the same escapes what denies")
    func writing() {
        for row in RuleCase.all {
            #expect(Wildcard(row.pattern).matches(row.name) == row.allows, "\(row.testDescription) allows")
            #expect(Wildcard(row.pattern).resembles(row.name) == row.denies, "\(row.testDescription) denies")
        }
    }

    @Test("Jobs are kept back by rules however their names and tags are written, and no other appears by a rule")
    func jobs() async throws {
        for row in RuleCase.all {
            for key in ["", "tag:Team="] {
                let settings: JSONValue =
                    key.isEmpty ? ["name": .string(row.name)] : ["name": "x", "tags": ["Team": .string(row.name)]]
                let body: JSONValue = ["jobs": [["job_id": 7, "settings": settings]]]
                let rule = try JobRule(parsing: key.isEmpty ? "name:\(row.pattern)" : "\(key)\(row.pattern)")
                for isDenied in [true, false] {
                    let bench = try ToolBench(ScriptedTransport(body.description)) {
                        $0.guardRails.scope = .all
                        if isDenied { $0.guardRails.denied = [rule] } else { $0.guardRails.allowed = [rule] }
                    }
                    let count = try await bench.call("list_jobs").json["jobs"]?.elements.count
                    #expect(count == ((isDenied ? !row.denies : row.allows) ? 1 : 0), "\(row.testDescription)")
                }
            }
        }
    }

    @Test("A tag's key is denied in any writing, and allowed as it is written")
    func keys() async throws {
        for key in ["restricted", "RESTRICTED", "restri\u{200B}cted"] {
            let body: JSONValue = ["jobs": [["job_id": 7, "settings": ["tags": .object([key: "yes"])]]]]
            for isDenied in [true, false] {
                let bench = try ToolBench(ScriptedTransport(body.description)) {
                    $0.guardRails.scope = .all
                    let rules = [JobRule.tag("restricted", nil)]
                    if isDenied { $0.guardRails.denied = rules } else { $0.guardRails.allowed = rules }
                }
                let count = try await bench.call("list_jobs").json["jobs"]?.elements.count
                #expect(count == (!isDenied && key == "restricted" ? 1 : 0), "\(key.debugDescription)")
            }
        }
    }
}
