internal import Auth
internal import Foundation
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct WorkloadIdentityCredentialTests {
    @Test("The file's token is the assertion, read anew for every request (E-112)")
    func rotation() async throws {
        try await withTokenFile { file in
            let bench = try await CredentialBench.make { _ in WorkloadIdentityCredential(path: file.path) }
            try Data("\(PlatformToken.make("first"))\n".utf8).write(to: file)
            _ = try await bench.token(1)
            try Data(PlatformToken.make("second").utf8).write(to: file)
            _ = try await bench.token(2)
            #expect(bench.sent("client_assertion", at: 0) == PlatformToken.make("first"))
            #expect(bench.sent("client_assertion", at: 1) == PlatformToken.make("second"))
            #expect(
                bench.sent("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        }
    }

    @Test(
        "Takes nothing for a token that is none: missing, empty, over 16 KiB, or of another form (E-112)",
        arguments: [
            nil, "", " \n", "no token", "a.b", "a..c", "a.b.c.d", "a.b.c d", String(repeating: "a.b.c", count: 4_096),
        ])
    func unusable(content: String?) async throws {
        try await withTokenFile { file in
            if let content { try Data(content.utf8).write(to: file) }
            let bench = try await CredentialBench.make { _ in WorkloadIdentityCredential(path: file.path) }
            let error = try await bench.error()
            #expect(error.failureClass == .configuration)
            #expect(error.callerMessage.hasPrefix(CodeCase.generic))
            #expect(error.operatorMessage.contains("AZURE_FEDERATED_TOKEN_FILE"))
            #expect(bench.entra.requests.isEmpty)
        }
    }

    @Test("Reads a file of just 16 KiB")
    func largest() async throws {
        try await withTokenFile { file in
            let token = "a.b." + String(repeating: "c", count: WorkloadIdentityCredential.maximumBytes - 4)
            try Data(token.utf8).write(to: file)
            let bench = try await CredentialBench.make { _ in WorkloadIdentityCredential(path: file.path) }
            _ = try await bench.token()
            #expect(bench.sent("client_assertion") == token)
        }
    }

    @Test("A stale token is repeated only when the file holds another one by now (E-71, E-112)")
    func stale() async throws {
        try await withTokenFile { file in
            try Data(PlatformToken.make("stale").utf8).write(to: file)
            let refusal = OBORig.refused(700024, error: "invalid_client", status: 401)
            let hopeless = try await CredentialBench.make(
                { _ in WorkloadIdentityCredential(path: file.path) }, .success(refusal))
            #expect(try await hopeless.error().code == 700024)
            #expect(hopeless.entra.requests.count == 1)

            let entra = StubTransport { request in
                guard request.formField("client_assertion") == PlatformToken.make("stale") else {
                    return OBORig.granted()
                }
                // The kubelet rotates the file just then.
                try? Data(PlatformToken.make("fresh").utf8).write(to: file)
                return refusal
            }
            let cured = try await CredentialBench({ _ in WorkloadIdentityCredential(path: file.path) }, entra)
            _ = try await cured.token()
            #expect(entra.requests.count == 2)
        }
    }

    private func withTokenFile(_ body: (URL) async throws -> Void) async throws {
        try await withTemporaryFolder { try await body($0.appendingPathComponent("azure-identity-token")) }
    }
}
