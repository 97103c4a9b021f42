internal import Auth
internal import JSON
internal import Logging
internal import TestSupport
internal import Testing

/// What the log says about a refused token.
@Suite(.quietLog, .patient) struct RefusalLogTests {
    @Test("Writes one structured record per refusal: where the documented line is a warning, it is that one")
    func structuredRecord() async throws {
        try await withObservation { log, registry in
            let rig = try await AuthRig.loaded()
            _ = await rig.authenticate(try TokenMint.first.token { $0["aud"] = "api://other" })
            let records = log.records.filter { $0.level > .debug && $0.message.lowercased().contains("bearer token") }
            let record = try #require(records.first)
            #expect(records.count == 1 && record.level == .warning)
            #expect(record.metadata["token.reject.reason"] == "audience")
            #expect(record.metadata["token.reject.check"] == "audience")
            #expect(record.metadata["token.azp"] == Fixed.client)
            #expect(record.metadata["token.tid"] == Fixed.tenant)
            #expect(record.metadata["token.kid"] == "k-2026-a")
            #expect(record.metadata["token.evidence"] == "verified")
            #expect(record.metadata["token.hint"]?.isEmpty == false)
            #expect(registry.value(#"token_rejections_total{reason="audience"}"#) == "1")
        }
    }

    @Test("Writes one structured record per refusal: else it says so")
    func structuredRecordOfOthers() async throws {
        try await withObservation { log, _ in
            let rig = try await AuthRig.loaded()
            _ = await rig.authenticate(try TokenMint.first.token { $0["exp"] = .integer(Fixed.now - 400) })
            let records = log.records.filter { $0.level > .debug && $0.message.lowercased().contains("bearer token") }
            #expect(records.map(\.message) == ["bearer token refused"] && records.first?.level == .info)
            #expect(records.first?.metadata["token.reject.reason"] == "expired")
        }
    }

    @Test("Keeps the summary that people grep for (K-22)")
    func summary() async throws {
        try await withObservation { log, _ in
            let rig = try await AuthRig.loaded()
            _ = await rig.authenticate(
                try TokenMint.first.token(changing: { $0["aud"] = "other" }, header: { $0["nonce"] = "abc" }))
            let expected =
                "Rejected bearer token: header={alg=RS256, kid=k-2026-a, typ=JWT, nonce=PRESENT} "
                + "claims={iss=\(Fixed.issuer), aud=other, appid/azp=\(Fixed.client), ver=2.0, scp=jobs, exp=1790004512}"
            let record = try #require(log.records(expected).first)
            #expect(record.level == .debug)
        }
    }

    @Test("Says so when a token is no JWS (K-22)")
    func notWellFormed() async throws {
        try await withObservation { log, _ in
            let rig = try await AuthRig.loaded()
            _ = await rig.authenticate("opaque-token-value")
            #expect(log.records("Rejected bearer token: not a well-formed JWS").first?.level == .debug)
            #expect(
                log.records("Token validation failed: JWT signature/format invalid (1 segments)").first?.level == .debug
            )
        }
    }

    @Test("Warns of a mismatch with the settings in the documented words (K-22)")
    func warnings() async throws {
        try await withObservation { log, _ in
            let rig = try await AuthRig.loaded()
            _ = await rig.authenticate(try TokenMint.first.token { $0["aud"] = "api://other" })
            _ = await rig.authenticate(try TokenMint.first.token { $0["iss"] = "https://other" })
            _ = await rig.authenticate(try TokenMint.first.token { $0["scp"] = "other" })
            let client = "Bearer token rejected for client \(Fixed.client):"
            for line in [
                "\(client) audience mismatch (got api://other, expected \(Fixed.api))",
                "\(client) issuer mismatch (got https://other, expected \(Fixed.issuer))",
                "\(client) missing scope (got other, expected jobs)",
            ] {
                #expect(log.records(line).first?.level == .warning, "\(line)")
            }
        }
    }

    @Test("Explains the others at debug level (K-22)")
    func debugLines() async throws {
        try await withObservation { log, _ in
            let rig = try await AuthRig.loaded()
            _ = await rig.authenticate(try TokenMint.second.token(header: { $0["kid"] = "k-2026-a" }))
            _ = await rig.authenticate(try TokenMint.first.token { $0["exp"] = .integer(Fixed.now - 400) })
            _ = await rig.authenticate(try TokenMint.first.token(header: { $0["kid"] = "k-9" }))
            let lines = log.records.filter { $0.message.hasPrefix("Token validation failed: ") }
            #expect(
                lines.map(\.message) == [
                    "Token validation failed: JWT signature/format invalid (no match)",
                    "Token validation failed: expired token for client \(Fixed.client) "
                        + "(exp 1789999600, required after 1789999700)",
                    "Token validation failed: no signing key k-9",
                ])
            #expect(lines.allSatisfy { $0.level == .debug })
        }
    }

    @Test("Cannot be made to write another line or field by a token (E-153)")
    func noForgery() async throws {
        try await withObservation { log, _ in
            let rig = try await AuthRig.loaded()
            let forged = "x\"\nERROR forged\r\u{2028}\u{1B}[2J\\"
            for name in ["aud", "iss", "azp", "ver", "scp", "tid"] {
                _ = await rig.authenticate(try TokenMint.first.token { $0[name] = .string(forged) })
            }
            _ = await rig.authenticate(try TokenMint.first.token(header: { $0["kid"] = .string(forged) }))
            for record in log.records {
                #expect(!record.text.contains { $0.isNewline || $0 == "\u{1B}" || $0 == "\"" || $0 == "\\" })
            }
        }
    }

    @Test("A claim cannot pass for another claim, nor for the rest of its sentence (K-22, E-153)")
    func noForgeryWithinALine() async throws {
        try await withObservation { log, _ in
            let rig = try await AuthRig.loaded()
            _ = await rig.authenticate(
                try TokenMint.first.token {
                    $0["aud"] = "x, scp=jobs} token.reject.reason=none"
                    $0["azp"] = "c: audience mismatch (got a, expected b)"
                })
            let client = "\"c: audience mismatch (got a, expected b)\""
            let audience = "\"x, scp=jobs} token.reject.reason=none\""
            let line =
                "Bearer token rejected for client \(client): audience mismatch (got \(audience), expected \(Fixed.api))"
            #expect(log.records(line).count == 1)
            #expect(
                log.records.contains {
                    $0.message.hasSuffix("aud=\(audience), appid/azp=\(client), ver=2.0, scp=jobs, exp=1790004512}")
                })
        }
    }

    @Test("Logs 10 refusals of a kind per minute and then their number (E-153)")
    func burst() async throws {
        try await withObservation { log, registry in
            let rig = try await AuthRig.loaded()
            let token = try TokenMint.first.token { $0["aud"] = "other" }
            for _ in 0..<25 { _ = await rig.authenticate(token) }
            _ = await rig.authenticate(try TokenMint.first.token { $0["tid"] = "other" })
            func refusals() -> Int { log.records.count { $0.message.hasPrefix("Bearer token rejected ") } }
            #expect(refusals() == 11)
            #expect(registry.value(#"token_rejections_total{reason="audience"}"#) == "25")

            rig.clock.advance(by: .seconds(60))
            _ = await rig.authenticate(token)
            let summary = try #require(log.records("further refusals of the same kind were not logged").first)
            #expect(summary.metadata["token.reject.reason"] == "audience")
            #expect(summary.metadata["token.reject.count"] == "15")
            #expect(refusals() == 12)
        }
    }

    @Test("Reports a burst that ended, without waiting for the next refusal")
    func finishedBurst() async throws {
        try await withObservation { log, _ in
            let rig = try await AuthRig.loaded()
            for _ in 0..<12 { _ = await rig.authenticate("opaque") }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await rig.authenticator.run() }
                await rig.clock.untilSleeping()
                rig.clock.advance(by: .seconds(60))
                await rig.clock.untilSleeping()
                group.cancelAll()
            }
            let summaries = log.records("further refusals of the same kind were not logged")
            #expect(summaries.map { $0.metadata["token.reject.count"] } == ["2"])
        }
    }
}
