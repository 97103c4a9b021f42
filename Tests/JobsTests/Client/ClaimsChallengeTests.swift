internal import Jobs
internal import Testing

@Suite struct ClaimsChallengeTests {
    @Test(
        "Finds the demanded claims where they belong, and nowhere else (E-66)",
        arguments: [
            (#"Bearer realm="", error="insufficient_claims", claims="eyJhIjp7fX0=""#, "eyJhIjp7fX0="),
            (#"Bearer claims="eyJhIjp7fX0", error="insufficient_claims""#, "eyJhIjp7fX0"),
            (#"Bearer error="invalid_token", claims="eyJhIjp7fX0=""#, nil),
            (#"Bearer error="insufficient_claims""#, nil), (#"Bearer error="insufficient_claims", claims="""#, nil),
            (#"Bearer error="insufficient_claims", claims="eyJh"#, nil), ("", nil), (nil, nil),
            (#"Bearer error="insufficient_claims", claims=""# + String(repeating: "a", count: 8_192) + "\"", nil),
        ] as [(String?, String?)])
    func parse(field: String?, claims: String?) {
        #expect(ClaimsChallenge(field)?.encodedClaims == claims)
    }
}
