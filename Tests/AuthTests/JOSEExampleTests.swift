internal import Auth
internal import JSON
internal import OpenSSL
internal import TestSupport
internal import Testing

/// A token of a JOSE specification, to the letter, and how far it gets here.
struct JOSEExample: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let header: String
    let payload: String
    let signature: String
    /// Why the token is refused.
    let reason: TokenRejection.Reason
    /// What the check of the algorithm says (E-03).
    let algorithm: TokenCheckResult.Outcome

    var token: String { "\(header).\(payload).\(signature)" }

    /// RFC 7515, appendix A: the claims of "joe".
    private static let joe = """
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ
        """

    /// RFC 7520, section 4: "It's a dangerous business, Frodo", which is no JSON.
    static let frodo = """
        SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwg\
        YW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9m\
        ZiB0by4
        """

    static let rfc7515: [JOSEExample] = [
        JOSEExample(
            testDescription: "RFC 7515 A.1, HS256", header: "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", payload: joe,
            signature: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", reason: .malformed, algorithm: .failed(.algorithm)
        ),
        JOSEExample(
            testDescription: "RFC 7515 A.2, RS256 without a kid", header: "eyJhbGciOiJSUzI1NiJ9", payload: joe,
            signature: """
                cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9u\
                JdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_e\
                SN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5\
                AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
                """, reason: .malformed, algorithm: .passed),
        JOSEExample(
            testDescription: "RFC 7515 A.3, ES256", header: "eyJhbGciOiJFUzI1NiJ9", payload: joe,
            signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            reason: .malformed, algorithm: .failed(.algorithm)),
        JOSEExample(
            testDescription: "RFC 7515 A.5, unsecured", header: "eyJhbGciOiJub25lIn0", payload: joe, signature: "",
            reason: .malformed, algorithm: .notReached),
    ]

    static let rfc7520: [JOSEExample] = [
        JOSEExample(
            testDescription: "RFC 7520 4.1, RS256",
            header: "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9", payload: frodo,
            signature: """
                MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84\
                wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSad\
                nHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ\
                41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg
                """, reason: .malformed, algorithm: .passed),
        JOSEExample(
            testDescription: "RFC 7520 4.2, PS384",
            header: "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9", payload: frodo,
            signature: """
                cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItll\
                Vo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TT\
                rxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTO\
                cbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw
                """, reason: .algorithm, algorithm: .failed(.algorithm)),
        JOSEExample(
            testDescription: "RFC 7520 4.3, ES512",
            header: "eyJhbGciOiJFUzUxMiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9", payload: frodo,
            signature: """
                AE_R_YZCChjn4791jSQCrdPZCNYqHXCTZH0-JZGYNlaAjP2kqaluUIIUnC9qvbu9Plon7KRTzoNEuT4Va2cmL1eJAQy3mtPBu_u_s\
                DDyYjnAMDxXPn7XrT0lw-kvAD890jl8e2puQens_IEKBpHABlsbEPX6sFY8OcGDqoRuBomu9xQ2
                """, reason: .algorithm, algorithm: .failed(.algorithm)),
        JOSEExample(
            testDescription: "RFC 7520 4.4, HS256",
            header: "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9", payload: frodo,
            signature: "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0", reason: .algorithm,
            algorithm: .failed(.algorithm)),
    ]

    /// RFC 7520, section 3.3: the key of section 4.1, as a key document would publish it.
    static let bilbo: JSONObject = [
        "kty": "RSA", "kid": "bilbo.baggins@hobbiton.example", "use": "sig", "e": "AQAB",
        "n": """
        n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2w\
        qVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bT\
        wJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5\
        iaiQkqgc5gHdrNP5zw
        """,
    ]
}

@Suite(.quietLog, .patient) struct JOSEExampleTests {
    @Test("Refuses the token of", arguments: JOSEExample.rfc7515 + JOSEExample.rfc7520)
    func refuses(_ example: JOSEExample) async throws {
        let rig = try AuthRig()
        rig.documents.publish(TokenMint.document([.object(JOSEExample.bilbo)]))
        try #require(await rig.keys.load())

        let verdict = await rig.verdict(on: example.token)

        #expect(verdict.rejection?.reason == example.reason)
        #expect(verdict.results.first { $0.check == .algorithm }?.outcome == example.algorithm)
        #expect(verdict.evidence.isVerified == false)
    }

    @Test("Takes the RSA key of RFC 7517, appendix A.1, and leaves the elliptic one out (E-07)")
    func readsKeySet() throws {
        let document = """
            {"keys":[
              {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
               "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"},
              {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJ\
            ECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaS\
            qzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBn\
            iIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}]}
            """
        let ellipticOnly = try #require(document.firstRange(of: #",\#n  {"kty":"RSA""#)).lowerBound

        #expect(throws: Never.self) { try JWKSDocument(parsing: Array(document.utf8)) }
        #expect(throws: JWKSError.noUsableKey) {
            try JWKSDocument(parsing: Array((document[..<ellipticOnly] + "]}").utf8))
        }
    }

    @Test("Finds the key of RFC 7520 by its id, and refuses another message under it (E-07)")
    func looksKeyUp() async throws {
        let rig = try AuthRig()
        rig.documents.publish(TokenMint.document([.object(JOSEExample.bilbo)]))
        try #require(await rig.keys.load())
        let parts = try TokenMint.first.token(header: { $0["kid"] = JOSEExample.bilbo["kid"] })

        let verdict = await rig.verdict(on: parts)

        #expect(verdict.results.first { $0.check == .key }?.outcome == .passed)
        #expect(verdict.rejection?.reason == .signature)
    }
}
