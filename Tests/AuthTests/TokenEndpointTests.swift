internal import Auth
internal import HTTPTransport
internal import JSON
internal import Logging
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct TokenEndpointTests {
    // MARK: - Request

    @Test("Sends exactly the fields of E-50, E-51 and E-54")
    func request() async throws {
        let rig = try await OBORig.make()
        let principal = try await rig.principal()
        let context = RequestContext(correlationID: CorrelationID())
        _ = try await withRequestContext(context) { try await rig.token(principal) }

        let request = try #require(rig.transport.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "https://login.microsoftonline.com/\(Fixed.tenant)/oauth2/v2.0/token")
        #expect(
            request.headers.fields.map { "\($0.name): \($0.value)" } == [
                "Accept: application/json", "Content-Type: application/x-www-form-urlencoded",
                "client-request-id: \(context.correlationID)", "return-client-request-id: true",
                "x-ms-lib-capability: retry-after, h429",
            ])
        let body = String(decoding: try #require(request.body), as: UTF8.self)
        #expect(
            body == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
                + "&client_id=a1000000-0000-4000-8000-000000000001&client_secret=p%2Bq%26r~s-very-secret"
                + "&assertion=\(principal.assertion.revealed)&requested_token_use=on_behalf_of"
                + "&scope=2ff814a6-3304-4ab8-85cb-cd0e6f879c1d%2F.default")
        #expect(request.timeout == .seconds(10) && request.connectTimeout == .seconds(5))
        #expect(request.maximumResponseBytes == 1 << 20)
    }

    @Test("Declares no client capability of its own and poses as nobody (E-54, E-55)")
    func noCapabilities() async throws {
        let rig = try await OBORig.make()
        _ = try await rig.token(try await rig.principal())
        let request = try #require(rig.transport.requests.first)
        #expect(request.formField("claims") == nil)
        #expect(!request.headers.fields.contains { $0.name.lowercased().hasPrefix("x-client-") })
        #expect(!String(decoding: request.body ?? [], as: UTF8.self).contains("cp1"))
    }

    @Test("Logs a success at debug level with the request's id in Entra ID (E-106)")
    func successRecord() async throws {
        try await withObservation { log, _ in
            let rig = try await OBORig.make()
            _ = try await rig.token(try await rig.principal())
            let record = try #require(log.records("token obtained").first)
            #expect(record.level == .debug)
            #expect(record.metadata["entra.request_id"] == OBORig.traceID)
            #expect(record.metadata["grant"] == "on_behalf_of")
        }
    }

    // MARK: - Answers

    @Test("Reads the lifetime as number or text, and assumes 600 s (E-53)")
    func lifetimes() async throws {
        for (expiresIn, seconds) in [(4_412, 4_412), ("4412", 4_412), (.null, 600)] as [(JSONValue, Int64)] {
            let rig = try await OBORig.make(.success(OBORig.granted(expiresIn: expiresIn)))
            try await rig.expectReuse(by: try await rig.principal(), forSeconds: seconds - 300)
        }
    }

    @Test("Drops refresh and ID tokens unread (E-53)")
    func dropsOtherTokens() async throws {
        let rig = try await OBORig.make(
            .success(OBORig.granted { $0["refresh_token"] = "refresh-token-value" }))
        let token = try await rig.token(try await rig.principal())
        #expect(token.secret.revealed == "databricks-token")
        #expect(!"\(token)".contains("databricks-token"))
    }

    @Test(
        "Takes no answer for a token that is none (E-53)",
        arguments: [
            OBORig.granted(""), OBORig.granted("with blank"), OBORig.granted("with\r\nHeader: x"),
            OBORig.granted { $0["access_token"] = nil }, OBORig.granted { $0["access_token"] = 1 },
            OBORig.granted { $0["token_type"] = "mac" }, OBORig.granted { $0["token_type"] = nil },
            HTTPResponse(
                status: 200,
                body: Array(#"{"token_type":"Bearer","access_token":"a","expires_in":1,"access_token":"b"}"#.utf8)),
            HTTPResponse(status: 200, body: Array("<html>".utf8)), HTTPResponse(status: 200),
            HTTPResponse(status: 204), HTTPResponse(status: 302, headers: ["Location": "https://evil.example"]),
        ])
    func protocolErrors(answer: HTTPResponse) async throws {
        let rig = try await OBORig.make(.success(answer))
        let error = try await rig.error(try await rig.principal())
        #expect(error.failureClass == .protocolError)
        #expect(rig.transport.requests.count == 1)
    }

    // MARK: - Errors

    @Test(
        "Tells the caller what to do and what to quote, and never Entra ID's own words (E-75, E-183)",
        arguments: CodeCase.all)
    func errors(_ row: CodeCase) async throws {
        let rig = try await OBORig.make(.success(OBORig.refused(row.code)))
        let principal = try await rig.principal()
        async let result = rig.error(principal)
        if row.isRepeated {
            await rig.clock.untilSleeping(2)  // the caller's patience and the pause
            rig.clock.advance(by: .seconds(1))
        }
        let error = try await result

        #expect(error.failureClass == row.failureClass)
        let isThrottled = row.failureClass == .throttled
        let message =
            isThrottled
            ? row.message.replacing(" Try again later.", with: "") + " Try again in \(row.code == 50196 ? 60 : 5) s."
            : row.message
        #expect(
            error.callerMessage == "\(message) (AADSTS\(row.code), "
                + "correlation id \(OBORig.entraCorrelationID), trace id \(OBORig.traceID), "
                + "timestamp 2026-09-20 10:11:12Z)")
        #expect("\(error)" == error.callerMessage)
        for text in [error.callerMessage, error.operatorMessage] {
            #expect(!text.contains("person@example.test") && !text.contains("203.0.113.7"))
        }
        #expect(error.details.errorCode == "AADSTS\(row.code)")
        #expect(error.details.httpStatus == 400)
    }

    @Test("Sorts failures into the categories of K-12")
    func categories() async throws {
        let expected: [(Int, ErrorDetails.Category, Bool)] = [
            (50013, .auth, false), (50076, .interaction, false), (65001, .consent, false), (53003, .permission, false),
            (7_000_215, .configuration, false), (90055, .rateLimited, true),
        ]
        for (code, category, retryable) in expected {
            let rig = try await OBORig.make(.success(OBORig.refused(code)))
            let details = try await rig.error(try await rig.principal()).details
            #expect(details.category == category)
            #expect(details.retryable == retryable)
            #expect(details.nextStep?.isEmpty == false)
        }
    }

    @Test("Hides what the operator must fix from the caller, and logs it as an error with the remedy (E-77)")
    func configurationErrors() async throws {
        try await withObservation { log, registry in
            let rig = try await OBORig.make(.success(OBORig.refused(7_000_215, error: "invalid_client", status: 401)))
            let error = try await rig.error(try await rig.principal())
            #expect(error.callerMessage.hasPrefix(CodeCase.generic))
            #expect(error.operatorMessage.contains("must be the secret's value, not its id"))
            let record = try #require(log.records("On-Behalf-Of exchange failed").first)
            #expect(record.level == .error)
            #expect(record.metadata["entra.code"] == "AADSTS7000215")
            #expect(record.metadata["remedy"]?.contains("not its id") == true)
            #expect(registry.value(#"obo_exchanges_total{outcome="configuration"}"#) == "1")
        }
    }

    @Test("Logs the sign-in log's identifiers, and the description in one cut line (E-106, E-154)")
    func failureRecord() async throws {
        try await withObservation { log, _ in
            let rig = try await OBORig.make(
                .success(
                    OBORig.refused(53003, headers: ["x-ms-request-id": "AB000000-0000-4000-8000-0000000000f9"]) {
                        $0["error_description"] = .string("AADSTS53003: \"x\"\r\n" + String(repeating: "y", count: 900))
                    }))
            _ = try await rig.error(try await rig.principal())
            let record = try #require(log.records("On-Behalf-Of exchange failed").first)
            #expect(record.level == .info)
            #expect(record.metadata["entra.correlation_id"] == OBORig.entraCorrelationID)
            #expect(record.metadata["entra.trace_id"] == OBORig.traceID)
            #expect(record.metadata["entra.timestamp"] == "2026-09-20 10:11:12Z")
            #expect(record.metadata["entra.request_id"] == "ab000000-0000-4000-8000-0000000000f9")
            let description = try #require(record.metadata["entra.description"])
            #expect(description.count == 501 && description.hasPrefix("AADSTS53003: ?x? y"))
        }
    }

    @Test("Quotes its own correlation id when Entra ID gives none (E-105)")
    func ownCorrelationID() async throws {
        let rig = try await OBORig.make(.success(HTTPResponse(status: 400, body: Array("<html>".utf8))))
        let principal = try await rig.principal()
        let context = RequestContext(correlationID: CorrelationID())
        let error = try await withRequestContext(context) { try await rig.error(principal) }
        #expect(error.callerMessage == "\(CodeCase.generic) (correlation id \(context.correlationID))")
    }

    @Test("Takes no identifiers from an answer that are none")
    func forgedIdentifiers() async throws {
        let rig = try await OBORig.make(
            .success(
                OBORig.refused(50105) {
                    $0["trace_id"] = "x\ny"
                    $0["correlation_id"] = 7
                    $0["timestamp"] = "now\r\nX: y"
                }))
        let error = try await rig.error(try await rig.principal())
        #expect(error.reference.traceID == nil)
        #expect(error.reference.timestamp == "now??X: y")
        #expect(!error.callerMessage.contains("\n"))
    }

    @Test("Keeps a claims challenge for relaying (E-101)")
    func claims() async throws {
        let challenge = #"{"access_token":{"polids":{"essential":true}}}"#
        let rig = try await OBORig.make(.success(OBORig.refused(50076) { $0["claims"] = .string(challenge) }))
        #expect(try await rig.error(try await rig.principal()).claims == challenge)
    }

    @Test("Logs a code that it does not know once (E-74)")
    func unknownCodes() async throws {
        try await withObservation { log, _ in
            let rig = try await OBORig.make(.success(OBORig.refused(99_999_999)))
            for number in 0..<3 { _ = try await rig.error(try await rig.principal(number)) }
            #expect(log.records("error code of Entra ID is not in the table").count == 1)
        }
    }

    // MARK: - Retry

    @Test(
        "Repeats once after a fault that passes (E-95)",
        arguments: [
            .failure(TransportError(.dns, requestWasSent: false)),
            .failure(TransportError(.connect, requestWasSent: false)),
            .failure(TransportError(.connectTimeout, requestWasSent: false)),
            .failure(TransportError(.timeout, requestWasSent: true)),
            .failure(TransportError(.cutOff, requestWasSent: true)),
            .success(HTTPResponse(status: 503, body: Array("<html>".utf8))), .success(HTTPResponse(status: 408)),
            .success(OBORig.refused(90033, error: "temporarily_unavailable")),
        ] as [Result<HTTPResponse, TransportError>])
    func retries(first: Result<HTTPResponse, TransportError>) async throws {
        let rig = try await OBORig.make(first, .success(OBORig.granted()))
        let principal = try await rig.principal()
        async let token = rig.token(principal)
        await rig.clock.untilSleeping(2)
        #expect(rig.transport.requests.count == 1)
        rig.clock.advance(by: .seconds(1))
        #expect(try await token.secret.revealed == "databricks-token")
        #expect(rig.transport.requests.count == 2)
    }

    @Test(
        "Does not repeat what a repetition cannot change",
        arguments: [TransportError.Kind.tls, .invalidRequest, .responseTooLarge, .protocolViolation, .shuttingDown])
    func final(kind: TransportError.Kind) async throws {
        let rig = try await OBORig.make(.failure(TransportError(kind, requestWasSent: false, detail: "detail")))
        let error = try await rig.error(try await rig.principal())
        #expect(rig.transport.requests.count == 1)
        #expect(error.operatorMessage.contains("detail"))
        #expect(!error.callerMessage.contains("detail"))
    }

    @Test(
        "Obeys Retry-After as seconds and as date (E-96, E-185)",
        arguments: [
            ("2", 2), ("7", 7), ("86400", 3_600), ("Mon, 21 Sep 2026 14:13:40 GMT", 20), ("rubbish", 5), ("-3", 5),
            ("+2", 5),
            ("Monday, 21-Sep-26 14:13:40 GMT", 20), ("Mon Sep 21 14:13:40 2026", 20),
        ])
    func retryAfter(value: String, seconds: Int) async throws {
        let rig = try await OBORig.make(
            .success(HTTPResponse(status: 429, headers: ["Retry-After": value], body: Array("Too many".utf8))))
        let principal = try await rig.principal()
        async let result = rig.error(principal)
        if seconds <= 3 {
            await rig.clock.untilSleeping(2)
            rig.clock.advance(by: .seconds(seconds))
        }
        let error = try await result
        #expect(error.failureClass == .throttled)
        #expect(error.retryAfterSeconds == seconds)
        #expect(error.callerMessage.contains("Try again in \(seconds) s."))
        #expect(error.details.retryAfterSeconds == seconds)
        #expect(rig.transport.requests.count == (seconds <= 3 ? 2 : 1))
    }

    @Test("Warns once an hour when the clocks differ by more than a minute (E-162)")
    func clocks() async throws {
        try await withObservation { log, _ in
            var answer = OBORig.granted()
            answer.headers.append("Date", "Mon, 21 Sep 2026 14:15:00 GMT")  // 100 s ahead
            let rig = try await OBORig.make(.success(answer))
            for number in 0..<3 { _ = try await rig.token(try await rig.principal(number)) }
            let records = log.records("the clock of this machine differs from Entra ID's")
            #expect(records.map { $0.metadata["clock.difference"] } == ["-100"])
        }
    }
}
