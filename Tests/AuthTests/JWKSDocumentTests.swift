internal import Auth
internal import HTTPSyntax
internal import JSON
internal import TestSupport
internal import Testing

/// A document or entry that must be refused or left out.
struct BadKeyCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let change: @Sendable (inout JSONObject) -> Void

    init(_ testDescription: String, _ change: @escaping @Sendable (inout JSONObject) -> Void) {
        self.testDescription = testDescription
        self.change = change
    }

    static let all: [BadKeyCase] = [
        BadKeyCase("no kid") { $0["kid"] = nil },
        BadKeyCase("an empty kid") { $0["kid"] = "" },
        BadKeyCase("another kty") { $0["kty"] = "EC" },
        BadKeyCase("for encryption") { $0["use"] = "enc" },
        BadKeyCase("for another algorithm") { $0["alg"] = "RS512" },
        BadKeyCase("no modulus") { $0["n"] = nil },
        BadKeyCase("a padded modulus") { $0["n"] = "AQAB=" },
        BadKeyCase("1024 bits") { $0["n"] = .string(Base64URL.encode([UInt8](repeating: 255, count: 128))) },
        BadKeyCase("16384 bits") { $0["n"] = .string(Base64URL.encode([UInt8](repeating: 255, count: 2_048))) },
        BadKeyCase("an even exponent") { $0["e"] = .string(Base64URL.encode([1, 0, 0])) },
        BadKeyCase("exponent 1") { $0["e"] = "AQ" },
        BadKeyCase("an issuer that is no text") { $0["issuer"] = 1 },
    ]
}

@Suite(.quietLog, .patient) struct JWKSDocumentTests {
    @Test("Leaves a bad key out and keeps the others (E-07)", arguments: BadKeyCase.all)
    func skips(_ row: BadKeyCase) async throws {
        let bad = try TokenMint.first.jwk(changing: row.change)
        let rig = try AuthRig()
        rig.documents.publish(TokenMint.document([bad, try TokenMint.second.jwk()]))
        try #require(await rig.keys.load())

        #expect(await rig.verdict(on: try TokenMint.second.token()).rejection == nil)
        #expect(await rig.verdict(on: try TokenMint.first.token()).rejection?.reason == .unknownKey)
    }

    @Test(
        "Refuses a document without a usable key list",
        arguments: [
            (#"{"keys": []}"#, JWKSError.noUsableKey), (#"{"keys": {}}"#, .malformed), (#"{}"#, .malformed),
            (#"{"keys": [], "keys": [{}]}"#, .malformed), (#"[]"#, .malformed), ("<html>", .malformed),
            ("", .malformed),
            (#"{"keys": [{"kty": "EC", "kid": "x"}]}"#, .noUsableKey),
            ("{\"keys\": [" + [String](repeating: "{}", count: 201).joined(separator: ",") + "]}", .tooManyKeys),
        ])
    func refuses(text: String, error: JWKSError) {
        #expect(throws: error) { try JWKSDocument(parsing: Array(text.utf8)) }
    }

    @Test(
        "Leaves a key out that names a member twice, in either spelling and even with one value (E-07)",
        arguments: [
            #""kty":"RSA""#, #""n":"AQAB""#, #""e":"AQAB""#, #""kid":"other""#, #""\u006e":"AQAB""#, #""x":1,"x":1"#,
        ])
    func duplicateMembers(member: String) async throws {
        let rig = try AuthRig()
        let document = String(
            decoding: TokenMint.document([try TokenMint.first.jwk(), try TokenMint.second.jwk()]), as: UTF8.self)
        let start = try #require(document.firstRange(of: "[{")).upperBound
        rig.documents.publish(Array((document[..<start] + member + "," + document[start...]).utf8))
        try #require(await rig.keys.load())
        #expect(await rig.verdict(on: try TokenMint.first.token()).rejection?.reason == .unknownKey)
        #expect(await rig.verdict(on: try TokenMint.second.token()).rejection == nil)
    }

    @Test("Takes the first of two keys with one id")
    func duplicateIDs() async throws {
        let rig = try AuthRig()
        rig.documents.publish(
            TokenMint.document([try TokenMint.first.jwk(), try TokenMint.second.jwk(id: TokenMint.first.id)]))
        try #require(await rig.keys.load())
        #expect(await rig.verdict(on: try TokenMint.first.token()).rejection == nil)
    }

    @Test(
        "Lets a key sign only for its issuer and cloud (E-31)",
        arguments: [
            (Fixed.issuer, "microsoftonline.com", nil),
            ("https://login.microsoftonline.com/{tenantid}/v2.0", "microsoftonline.com", nil),
            (
                "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", "microsoftonline.com",
                .issuer
            ),
            ("https://evil.example/{tenantid}/v2.0", "microsoftonline.com", .issuer),
            (Fixed.issuer, "microsoftonline.us", .issuer),
        ] as [(String, String, TokenRejection.Reason?)])
    func issuers(issuer: String, cloud: String, reason: TokenRejection.Reason?) async throws {
        let rig = try AuthRig()
        let key = try TokenMint.first.jwk(issuer: issuer) { $0["cloud_instance_name"] = .string(cloud) }
        rig.documents.publish(TokenMint.document([key]))
        try #require(await rig.keys.load())
        #expect(await rig.verdict(on: try TokenMint.first.token()).rejection?.reason == reason)
    }
}
