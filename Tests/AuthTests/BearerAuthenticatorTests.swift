internal import Auth
internal import JSON
internal import Observability
internal import OpenSSL
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct BearerAuthenticatorTests {
    private static let location =
        #"resource_metadata="https://jobs-mcp.example.com/.well-known/oauth-protected-resource/mcp""#
    private static let scope = #"scope="api://a1000000-0000-4000-8000-000000000001/jobs""#

    // MARK: - Headers

    @Test(
        "Challenges without an error when there are no credentials (A-15, 16.1)",
        arguments: [[], [""], ["Basic dXNlcjpwYXNz"], ["Negotiate"], ["Bearertoken"], ["DPoP abc"]] as [[String]])
    func noCredentials(values: [String]) async throws {
        let rig = try await AuthRig.loaded()
        let refusal = try #require(await rig.authenticator.authenticate(authorization: values).refusal)
        #expect(refusal.status == 401)
        #expect(refusal.wwwAuthenticate == "Bearer \(Self.scope), \(Self.location)")
        #expect(refusal.error == "unauthorized" && refusal.description == "Sign in: the request has no bearer token")
        #expect(refusal.reason == "no_credentials")
        #expect(refusal.retryAfterSeconds == nil)
    }

    @Test(
        "Answers 400 to anything but exactly one token (A-16, E-165)",
        arguments: [
            ["Bearer"], ["Bearer "], ["Bearer \t "], ["Bearer a b"], ["Bearer a, Bearer b"], ["bearer  a  b "],
            ["Bearer a", "Bearer b"], ["Basic x", "Bearer a"], ["Bearer a, Basic a"], ["Bearer a, Bearer a, Bearer b"],
        ] as [[String]])
    func malformedHeader(values: [String]) async throws {
        try await withObservation { log, registry in
            let rig = try await AuthRig.loaded()
            let refusal = try #require(await rig.authenticator.authenticate(authorization: values).refusal)
            let text = "Send exactly one bearer token in one Authorization field"
            #expect(refusal.status == 400)
            #expect(
                refusal.wwwAuthenticate
                    == "Bearer error=\"invalid_request\", \(Self.scope), \(Self.location), error_description=\"\(text)\""
            )
            #expect(refusal.error == "invalid_request" && refusal.description == text)
            #expect(registry.value(#"token_rejections_total{reason="invalid_request"}"#) == "1")
            #expect(log.records("Authorization header refused").count == 1)
        }
    }

    @Test(
        "Accepts the scheme in any case and blanks around the token (A-05)",
        arguments: ["Bearer ", "bearer ", "BEARER \t", "  Bearer   "])
    func scheme(prefix: String) async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token()
        let outcome = await rig.authenticator.authenticate(authorization: ["\(prefix)\(token)  "])
        #expect(outcome.principal?.assertion.revealed == token)
    }

    @Test("Copies of the header are one, in fields of their own and joined by a comma")
    func copies() async throws {
        let rig = try await AuthRig.loaded()
        let header = "Bearer \(try TokenMint.first.token())"
        for values in [[header, header], ["\(header), \(header)"], ["\(header),\(header) ,\(header)"]] {
            // Once before and once after the verdict is remembered.
            for _ in 0..<2 {
                #expect(await rig.authenticator.authenticate(authorization: values).principal != nil, "\(values.count)")
            }
        }
        let refused = await rig.authenticator.authenticate(authorization: ["Bearer a, Bearer a"]).refusal
        #expect(refused?.reason == "malformed")
    }

    // MARK: - Answers

    @Test(
        "Answers every refused token in the exact words (A-16, A-17, A-20, E-181, 16.1, 16.2)",
        arguments: RejectionCase.all)
    func challenges(_ row: RejectionCase) async throws {
        let rig = try await AuthRig.loaded()
        let refusal = try #require(await rig.authenticate(try row.token()).refusal)
        let isScope = [.scopeMissing, .roleMissing].contains(row.reason)
        let error = isScope ? "insufficient_scope" : "invalid_token"
        let description = try #require(Self.descriptions[row.reason])

        #expect(refusal.reason == row.reason.rawValue)
        #expect(refusal.status == (isScope ? 403 : 401))
        #expect(
            refusal.wwwAuthenticate
                == "Bearer error=\"\(error)\", \(Self.scope), \(Self.location), error_description=\"\(description)\"")
        #expect(refusal.error == error && refusal.description == description)
    }

    private static let descriptions: [TokenRejection.Reason: String] = [
        .malformed: "The access token is malformed", .tooLarge: "The access token is too large",
        .encrypted: "The access token is encrypted",
        .algorithm: "The access token signature cannot be verified",
        .unknownKey: "The access token signature cannot be verified",
        .signature: "The access token signature cannot be verified", .issuer: "The access token has another issuer",
        .tenant: "The access token belongs to another tenant",
        .audience: "The access token was issued for another application", .expired: "The access token expired",
        .notYetValid: "The access token is not valid yet",
        .v1Token: "The access token has version 1.0, but version 2.0 is required",
        .firstPartyToken: "The access token was issued for a Microsoft API",
        .idToken: "An ID token is not an access token", .scopeMissing: "The jobs permission is required",
        .roleMissing: "The jobs permission is required",
        .clientNotAllowed: "This client application is not allowed here",
        .guest: "Guest accounts are not allowed here",
    ]

    @Test("Never lets a description break the challenge (A-17, E-164)", arguments: TokenRejection.Reason.allCases)
    func descriptionsAreSafe(_ reason: TokenRejection.Reason) {
        guard let text = Self.descriptions[reason] else { return }
        #expect(text.allSatisfy { $0.isASCII && $0 != "\"" && $0 != "\\" })
        #expect(!text.contains("scope=") && !text.contains("error=") && !text.contains("resource_metadata="))
    }

    @Test("Refuses clients and guests with 401, because 403 means missing scope only (A-21)")
    func notAllowed() async throws {
        let clients = try await AuthRig.loaded(
            policy: try Fixed.policy(allowedClientIDs: [try #require(GUID(Fixed.api))]))
        let client = try #require(await clients.authenticate(try TokenMint.first.token()).refusal)
        #expect(client.status == 401 && client.reason == "client_not_allowed")

        let guests = try await AuthRig.loaded(policy: try Fixed.policy(allowsGuests: false))
        let guest = try #require(await guests.authenticate(try TokenMint.first.token { $0["acct"] = 1 }).refusal)
        #expect(guest.status == 401 && guest.reason == "guest")
    }

    @Test("Gives the same answer to the same token (A-22)")
    func deterministic() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token { $0["scp"] = "other" }
        let first = try #require(await rig.authenticate(token).refusal)
        #expect(await rig.authenticate(token).refusal == first)
    }

    // MARK: - Principal

    @Test("Proves who calls, and nothing more (E-15, E-23)")
    func principal() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token {
            $0["xms_cc"] = ["cp1"]
            $0["scp"] = "jobs other"
        }
        let principal = try #require(await rig.authenticate(token).principal)
        #expect(principal.tenantID.description == Fixed.tenant)
        #expect(principal.objectID.description == Fixed.person)
        #expect(principal.clientID == Fixed.client)
        #expect(principal.scopes == ["jobs", "other"])
        #expect(principal.tokenID == "standinUti0001")
        #expect(principal.expiresAt == Fixed.now + 4_512)
        #expect(principal.handlesClaimsChallenges)
        #expect(principal.tokenDigest == SHA256.digest(token))
        #expect(principal.assertion.revealed == token)
    }

    // MARK: - Verdict cache

    @Test("Checks a token once and remembers the verdict until exp (E-24)")
    func verdictCache() async throws {
        try await withObservation { _, registry in
            let rig = try await AuthRig.loaded()
            let token = try TokenMint.first.token()
            for _ in 0..<5 { #expect(await rig.authenticate(token).principal != nil) }
            #expect(registry.value(#"token_acceptances_total{verdict="checked"}"#) == "1")
            #expect(registry.value(#"token_acceptances_total{verdict="cached"}"#) == "4")

            rig.clock.advance(by: .seconds(4_512))
            #expect(await rig.authenticate(token).principal != nil)  // within the skew, but checked anew
            #expect(registry.value(#"token_acceptances_total{verdict="checked"}"#) == "2")
            rig.clock.advance(by: .seconds(300))
            #expect(await rig.authenticate(token).refusal?.reason == "expired")
        }
    }

    @Test("Does not take a cached verdict for a token that differs in one character")
    func verdictIsForOneToken() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token()
        #expect(await rig.authenticate(token).principal != nil)
        let last = try #require(token.last)
        #expect(await rig.authenticate(token.dropLast() + (last == "A" ? "Q" : "A")).refusal?.status == 401)
    }

    @Test("Remembers a bounded number of verdicts (E-24)")
    func verdictCacheIsBounded() async throws {
        try await withObservation { _, registry in
            let rig = try await AuthRig.loaded(verdictCapacity: 16)
            let tokens = try (0..<64).map { number in try TokenMint.first.token { $0["uti"] = .string("\(number)") } }
            for _ in 0..<2 {
                for token in tokens { #expect(await rig.authenticate(token).principal != nil) }
            }
            let checked = try #require(
                registry.value(#"token_acceptances_total{verdict="checked"}"#).flatMap { Int($0) })
            #expect(checked >= 112)
        }
    }

    @Test("Serves many callers at a time from the cache")
    func parallelHits() async throws {
        let rig = try await AuthRig.loaded()
        let tokens = try (0..<8).map { number in
            try TokenMint.first.token { $0["oid"] = .string("0d000000-0000-4000-8000-00000000000\(number)") }
        }
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for round in 0..<200 {
                        let index = (worker + round) % 8
                        let principal = await rig.authenticate(tokens[index]).principal
                        #expect(principal?.objectID.description.hasSuffix("\(index)") == true)
                    }
                }
            }
        }
    }

    @Test("Counts proof-of-possession tokens and logs their client once (E-20)")
    func proofOfPossession() async throws {
        try await withObservation { log, registry in
            let rig = try await AuthRig.loaded()
            for number in 0..<3 {
                _ = try await rig.principal {
                    $0["cnf"] = ["kid": "x"]
                    $0["uti"] = .string("\(number)")
                }
            }
            #expect(registry.value("token_proof_of_possession_total") == "3")
            #expect(log.records("proof-of-possession token accepted as a bearer token").count == 1)
        }
    }
}
