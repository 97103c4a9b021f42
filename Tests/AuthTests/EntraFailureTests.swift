internal import Auth
internal import JSON
internal import Testing

@Suite(.quietLog) struct EntraFailureTests {
    private func failure(_ status: Int, _ body: JSONObject) -> EntraFailure {
        EntraFailure(status: status, body: TokenMint.bytes(body))
    }

    @Test("Classifies by code (E-74)", arguments: CodeCase.all)
    func codes(_ row: CodeCase) {
        // `error` and status point elsewhere, so that the code alone decides.
        let failure = failure(200, ["error": "nonsense", "error_codes": [.integer(Int64(row.code))]])
        #expect(failure.failureClass == row.failureClass)
        #expect(failure.message == row.message)
        #expect(failure.code == row.code)
        #expect(failure.isKnownCode)
        if let remedy = row.remedy { #expect(failure.remedy?.contains(remedy) == true) }
    }

    @Test("Every row of the table is tested, and no code twice")
    func tableIsComplete() {
        let codes = EntraErrorTable.rows.flatMap(\.codes)
        #expect(Set(codes).count == codes.count)
        #expect(Set(codes) == Set(CodeCase.all.map(\.code)))
    }

    @Test("Of Microsoft's list, every code is classed or cannot occur here, and no code is both")
    func publishedList() {
        let (classed, unreachable) = (Set(CodeCase.all.map(\.code)), UnreachableCodes.all)
        #expect(Set(unreachable).count == unreachable.count)
        #expect(classed.isDisjoint(with: unreachable))
    }

    @Test("What signing in again cannot change says who or what can")
    func deniedSaysWhatToDo() {
        for row in CodeCase.all where row.failureClass == .denied {
            let failure = failure(400, ["error": "interaction_required", "error_codes": [.integer(Int64(row.code))]])
            #expect(!failure.message.lowercased().contains("sign in again") || row.code == 53010, "\(row.code)")
            #expect(failure.failureClass == .denied, "\(row.code)")
        }
    }

    @Test("Knows which refusals another proof of the server's identity can cure (E-71, E-120, E-156)")
    func freshAssertions() {
        #expect(
            EntraErrorTable.freshAssertionCodes == [700024, 700027, 7_000_214, 1_000_502, 7_000_274, 7_000_277])
        #expect(
            EntraErrorTable.federationCodes == [70021, 700211, 700212, 700213, 7_002_137, 7_002_138])
        #expect(EntraErrorTable.secretCodes == [7_000_215, 7_000_222, 70002])
        #expect(EntraErrorTable.rows.filter(\.isLoop).flatMap(\.codes) == [50196])
    }

    @Test("Reads the code from the description when there is no list")
    func codeFromDescription() {
        #expect(failure(400, ["error": "invalid_grant", "error_description": "AADSTS53000: Device."]).code == 53000)
        #expect(failure(400, ["error_codes": [], "error_description": "AADSTS65001: X"]).failureClass == .consent)
        #expect(failure(400, ["error": "invalid_grant", "error_description": "See AADSTS53000"]).code == nil)
    }

    @Test("Of a member that is there twice the first counts")
    func duplicateMembers() {
        let body = #"{"error":"invalid_grant","error_codes":[50105],"error_codes":[50076],"error":"x"}"#
        let failure = EntraFailure(status: 400, body: Array(body.utf8))
        #expect(failure.code == 50105 && failure.failureClass == .denied)
    }

    @Test("Takes the first code that it knows")
    func severalCodes() {
        let failure = failure(400, ["error_codes": [12345, 50105, 50076]])
        #expect(failure.code == 50105 && failure.failureClass == .denied)
    }

    @Test("A claims challenge asks for interaction whatever the code says")
    func claimsFirst() {
        let blocked = failure(400, ["error_codes": [53003], "claims": "{\"access_token\":{}}"])
        #expect(blocked.failureClass == .interact)
        #expect(blocked.message == "An additional sign-in step of your organisation is required. Sign in again.")
        let factor = failure(400, ["error_codes": [50076], "claims": "{\"access_token\":{}}"])
        #expect(factor.message == "Databricks requires multi-factor sign-in. Sign in again and complete it.")
        #expect(failure(400, ["error_codes": [53003], "claims": ""]).failureClass == .denied)
    }

    @Test(
        "Falls back to error and suberror for codes that it does not know",
        arguments: [
            ("interaction_required", nil, .interact), ("login_required", nil, .interact),
            ("invalid_grant", nil, .interact), ("invalid_grant", "basic_action", .interact),
            ("invalid_grant", "consent_required", .consent), ("invalid_grant", "bad_token", .reauthenticate),
            ("invalid_grant", "token_expired", .reauthenticate), ("invalid_grant", "client_mismatch", .configuration),
            ("invalid_grant", "protection_policy_required", .denied), ("consent_required", nil, .consent),
            ("invalid_client", nil, .configuration), ("unauthorized_client", nil, .configuration),
            ("invalid_scope", nil, .configuration), ("invalid_resource", nil, .configuration),
            ("invalid_request", nil, .configuration), ("unsupported_grant_type", nil, .configuration),
            ("invalid_target", nil, .configuration), ("temporarily_unavailable", nil, .transient),
            ("server_error", nil, .transient),
        ] as [(String, String?, EntraFailureClass)])
    func errorMember(error: String, suberror: String?, expected: EntraFailureClass) {
        var body: JSONObject = ["error": .string(error), "error_codes": [99_999_999]]
        if let suberror { body["suberror"] = .string(suberror) }
        let failure = failure(400, body)
        #expect(failure.failureClass == expected)
        #expect(failure.code == 99_999_999)
        #expect(!failure.isKnownCode)
    }

    @Test(
        "Falls back to the status for everything else, bodies that are no JSON included",
        arguments: [
            (429, EntraFailureClass.throttled), (408, .transient), (500, .transient), (503, .transient),
            (400, .configuration), (401, .configuration), (404, .configuration),
        ])
    func status(status: Int, expected: EntraFailureClass) {
        for body in ["<html>busy</html>", "", "Too many requests", #"{"error":"new_kind"}"#, "[]", #"{"error":"x""#] {
            #expect(EntraFailure(status: status, body: Array(body.utf8)).failureClass == expected)
        }
    }
}
