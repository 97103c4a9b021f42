internal import Auth
internal import HTTPTransport
internal import JSON
internal import Logging
internal import Observability
internal import TestSupport
internal import Testing

/// Looks for secrets in everything that is logged, reported or printed (E-152, E-183).
@Suite(.quietLog, .patient) struct LogScanTests {
    @Test("No token, signature, secret or assertion appears in any record, error, answer or metric")
    func scan() async throws {
        try await withObservation { log, registry in
            let answers: [Result<HTTPResponse, TransportError>] = [
                .success(OBORig.granted("databricks-token-value")),
                .failure(TransportError(.tls, requestWasSent: false, detail: "certificate")),
            ]
            var texts: [String] = []
            var secrets = [OBORig.secret, "p%2Bq%26r~s-very-secret", "databricks-token-value", "refresh-token-value"]
            let rig = try await OBORig.make(transport: StubTransport(answering: answers))
            for row in RejectionCase.all {
                let token = try row.token()
                secrets += Self.parts(of: token)
                let outcome = await rig.auth.authenticate(token)
                texts.append(String(reflecting: outcome))
                texts.append("\(outcome.refusal?.error ?? "") \(outcome.refusal?.description ?? "")")
                texts.append(String(reflecting: await rig.auth.verdict(on: token)))
            }
            for row in CodeCase.all {
                let answer = OBORig.refused(row.code) { $0["refresh_token"] = "refresh-token-value" }
                rig.transport.answer { _ in answer }
                let principal = try await rig.auth.principal {
                    $0["uti"] = .string("\(row.code)")
                    $0["exp"] = .integer(Fixed.now + 80_000)
                }
                secrets += Self.parts(of: principal.assertion.revealed)
                texts.append(String(reflecting: principal))
                async let pending = rig.error(principal)
                if row.isRepeated {
                    await rig.clock.untilSleeping(2)  // the caller's patience and the pause before the retry
                    rig.clock.advance(by: .seconds(2))
                }
                let error = try await pending
                texts += [error.callerMessage, error.operatorMessage, String(reflecting: error)]
                rig.clock.advance(by: .seconds(61))  // past the pause of a throttled row
            }
            texts += log.records.map(\.text) + [registry.exposition()]

            #expect(log.records.count > 50)
            let finder = SecretFinder(secrets)
            #expect(finder.firstFound(in: "x=\(OBORig.secret);") == OBORig.secret)
            #expect(finder.firstFound(in: texts.joined(separator: "\n")) == nil)
        }
    }

    /// Every segment of a token that is long enough to mean something, and pieces from the middle of each.
    private static func parts(of token: String) -> [String] {
        let segments = token.split(separator: ".").filter { $0.count >= 32 }.map(String.init)
        let middles = segments.map { String($0.dropFirst($0.count / 2).prefix(24)) }
        return ([token] + segments + middles).filter { $0.count >= 20 }
    }
}

/// Looks for many texts in one pass: by their first 8 bytes, then whole.
private struct SecretFinder {
    private var secretsByStart: [UInt64: [[UInt8]]] = [:]

    init(_ secrets: [String]) {
        for secret in Set(secrets) {
            let bytes = Array(secret.utf8)
            secretsByStart[bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, default: []].append(bytes)
        }
    }

    func firstFound(in text: String) -> String? {
        let bytes = Array(text.utf8)
        var window: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            window = window << 8 | UInt64(byte)
            guard let candidates = secretsByStart[window], index >= 7 else { continue }
            for secret in candidates where bytes[(index - 7)...].starts(with: secret) {
                return String(decoding: secret, as: UTF8.self)
            }
        }
        return nil
    }
}
