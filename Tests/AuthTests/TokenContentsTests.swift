internal import Auth
internal import JSON
internal import Testing

@Suite struct TokenContentsTests {
    private func members(_ list: [TokenContents.Member]?) -> [String: String] {
        Dictionary((list ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    }

    @Test("Shows header and claims, times as numbers, lists as JSON")
    func contents() throws {
        let contents = TokenContents(try TokenMint.first.token { $0["roles"] = ["a", "b"] }[...])
        #expect(members(contents.header) == ["typ": "JWT", "alg": "RS256", "kid": "k-2026-a"])
        #expect(members(contents.claims)["aud"] == Fixed.api)
        #expect(members(contents.claims)["roles"] == "a, b")
        #expect(contents.claims?.first { $0.name == "exp" }?.seconds == Fixed.now + 4_512)
        #expect(contents.digest.count == 12)
    }

    @Test("Leaves people's names and addresses out, since a terminal's text ends up in tickets (E-152)")
    func personal() throws {
        let contents = TokenContents(
            try TokenMint.first.token {
                $0["upn"] = "person@example.test"
                $0["groups"] = ["11111111-0000-4000-8000-000000000000"]
            }[...])
        let claims = members(contents.claims)
        for name in ["name", "preferred_username", "upn", "groups"] { #expect(claims[name] == "(hidden: personal)") }
        #expect(claims.values.allSatisfy { !$0.contains("example.test") && !$0.contains("Test Person") })
    }

    @Test("Cannot be made to steer a terminal (E-153)")
    func cleaned() throws {
        let contents = TokenContents(
            try TokenMint.first.token {
                $0["\u{1B}[2J"] = "x"
                $0["azp"] = .string("\u{1B}]0;title\u{07}" + String(repeating: "a", count: 5_000))
            }[...])
        let claims = try #require(contents.claims)
        #expect(claims.allSatisfy { !$0.name.contains("\u{1B}") && !$0.value.contains("\u{1B}") })
        #expect(claims.allSatisfy { $0.value.count <= 257 })
    }

    @Test("Says that it cannot read what is none", arguments: ["", "opaque", "a.b.c", "..", "e30.e30", "W10.W10.x"])
    func unreadable(token: String) {
        #expect(TokenContents(token[...]).claims == nil)
    }
}
