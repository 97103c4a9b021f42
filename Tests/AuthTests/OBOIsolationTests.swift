internal import Auth
internal import HTTPTransport
internal import JSON
internal import Observability
internal import TestSupport
internal import Testing

/// What the exchange and its cache must never do.
@Suite(.quietLog, .patient) struct OBOIsolationTests {
    @Test("Takes a signed-in user and nothing else: applications' and ID tokens never become one (E-52)")
    func usersOnly() async throws {
        let rig = try await OBORig.make()
        // A function of another type would not compile here.
        let exchange: (Principal, ContinuousClock.Instant) async throws -> AccessToken = {
            try await rig.cache.token(for: $0, deadline: $1)
        }
        let forged: [(inout JSONObject) -> Void] = [
            {
                $0["idtyp"] = "app"
                $0["scp"] = nil
                $0["roles"] = ["Jobs.Read"]
            },
            {
                $0["scp"] = nil
                $0["azp"] = nil
            },
        ]
        for change in forged {
            let outcome = await rig.auth.authenticate(try TokenMint.first.token(changing: change))
            #expect(outcome.principal == nil)
        }
        #expect(rig.transport.requests.isEmpty)
        _ = try await exchange(try await rig.principal(), rig.clock.now + .seconds(60))
        #expect(rig.transport.requests.count == 1)
    }

    @Test("Nothing that a caller's token says chooses tenant, authority, client or scope (E-51, E-161)")
    func callerChoosesNothing() async throws {
        let rig = try await OBORig.make(.success(OBORig.granted("one")), .success(OBORig.granted("two")))
        let plain = try await rig.principal(1)
        let odd = try await rig.auth.principal {
            $0["uti"] = "odd"
            for name in ["scope", "resource", "tenant", "authority", "client_id", "claims"] {
                $0[name] = "https://elsewhere.example/.default"
            }
        }
        _ = try await rig.token(plain)
        _ = try await rig.token(odd)
        let requests = rig.transport.requests
        #expect(requests.count == 2 && requests[0].url == requests[1].url)
        for field in ["client_id", "scope", "grant_type", "requested_token_use", "claims", "resource"] {
            #expect(requests[0].formField(field) == requests[1].formField(field), "\(field)")
        }
        #expect(requests[1].formField("assertion") == odd.assertion.revealed)
        #expect(!String(decoding: requests[1].body ?? [], as: UTF8.self).contains("elsewhere"))
    }

    @Test("Keeps the user's own token no longer than the exchange runs (E-61)")
    func assertionIsForgotten() async throws {
        let rig = try await OBORig.make()
        var principal: Principal? = try await rig.principal()
        let assertion = try #require(principal?.assertion.revealed)
        let address = try #require(principal?.assertion.address)
        _ = try await rig.token(try #require(principal))
        #expect(ProcessMemory.bytes(at: address, count: assertion.utf8.count) == Array(assertion.utf8))
        principal = nil
        // Its memory is overwritten when nobody holds it any more; the exchange's task ends a moment later.
        try await rig.until {
            ProcessMemory.bytes(at: address, count: assertion.utf8.count) != Array(assertion.utf8)
        }
        #expect(rig.transport.requests.count == 1)
    }

    @Test(
        "50013 and 500133 ask the client for a new token and not the user for patience (E-68)",
        arguments: [50013, 500133])
    func expiredAssertion(code: Int) async throws {
        let rig = try await OBORig.make(.success(OBORig.refused(code)))
        let error = try await rig.error(try await rig.principal())
        #expect(error.failureClass == .reauthenticate)
        #expect(error.details.category == .auth && !error.details.retryable)
    }

    @Test("Shows no consent link, which needs a redirect that nobody has configured (E-76)", arguments: [65001, 90094])
    func noConsentLink(code: Int) async throws {
        let rig = try await OBORig.make(.success(OBORig.refused(code)))
        let error = try await rig.error(try await rig.principal())
        #expect(error.failureClass == .consent)
        #expect(!error.callerMessage.contains("://"))
    }

    @Test("No metric names a user or a tenant (E-166)")
    func metricLabels() async throws {
        try await withObservation { _, registry in
            let rig = try await OBORig.make(.success(OBORig.granted()), .success(OBORig.refused(50076)))
            let users = [try await rig.principal(1), try await rig.principal(2)]
            _ = try await rig.token(users[0])
            _ = try await rig.error(users[1])
            let text = registry.exposition()
            #expect(text.contains(#"obo_exchanges_total{outcome="interact"} 1"#))
            for user in users {
                for value in ["\(user.objectID)", "\(user.tenantID)", user.tokenID ?? "uti"] {
                    #expect(!text.contains(value))
                }
            }
        }
    }

    @Test("One user causes at most 60 exchanges a minute, and keeps nobody else waiting (E-160)")
    func exchangeRate() async throws {
        let rig = try await OBORig.make()
        for number in 0..<60 {
            _ = try await rig.token(try await rig.auth.principal { $0["uti"] = .string("\(number)") })
        }
        let next = try await rig.auth.principal { $0["uti"] = "next" }
        let error = try await rig.error(next)
        #expect(error.failureClass == .throttled)
        #expect(error.callerMessage.hasPrefix("Too many sign-ins of yours at a time. Try again in 61 s."))
        #expect(rig.transport.requests.count == 60)
        _ = try await rig.token(try await rig.principal(9))
        rig.clock.advance(by: .seconds(60))
        _ = try await rig.token(next)
    }
}
