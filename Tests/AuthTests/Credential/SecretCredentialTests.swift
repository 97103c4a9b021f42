internal import Auth
internal import Foundation
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct SecretCredentialTests {
    @Test(
        "Reads the secret's file again after 7000215 and 7000222, and repeats once (E-156)",
        arguments: [7_000_215, 7_000_222])
    func replacedFile(code: Int) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("secret")
            try Data("new secret\n".utf8).write(to: file)
            let refusal = OBORig.refused(code, error: "invalid_client", status: 401)
            let bench = try await CredentialBench.make(
                { _ in SecretCredential(Secret("old secret"), file: Self.file(file)) }, .success(refusal),
                .success(OBORig.granted()))
            _ = try await bench.token()
            #expect(bench.sent("client_secret", at: 0) == "old secret")
            #expect(bench.sent("client_secret", at: 1) == "new secret")
            _ = try await bench.token(4)
            #expect(bench.sent("client_secret", at: 2) == "new secret")
        }
    }

    @Test("Does not repeat when the file holds the same secret, is gone, or the code is another one (E-156)")
    func unchangedFile() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("secret")
            try Data("old secret\n".utf8).write(to: file)
            for (path, code) in [(file, 7_000_215), (folder.appendingPathComponent("none"), 7_000_222)] {
                let bench = try await CredentialBench.make(
                    { _ in SecretCredential(Secret("old secret"), file: Self.file(path)) },
                    .success(OBORig.refused(code, error: "invalid_client", status: 401)))
                #expect(try await bench.error().code == code)
                #expect(bench.entra.requests.count == 1)
            }
            try Data("new secret".utf8).write(to: file)
            for code in [700016, 700024, 700027, 700213] {
                let bench = try await CredentialBench.make(
                    { _ in SecretCredential(Secret("old secret"), file: Self.file(file)) },
                    .success(OBORig.refused(code, error: "invalid_client", status: 401)))
                #expect(try await bench.error().code == code)
                #expect(bench.entra.requests.count == 1)
            }
        }
    }

    @Test("A secret that is refused again is not tried a third time (E-71, E-156)")
    func refusedTwice() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("secret")
            try Data("new secret".utf8).write(to: file)
            let bench = try await CredentialBench.make(
                { _ in SecretCredential(Secret("old secret"), file: Self.file(file)) },
                .success(OBORig.refused(7_000_215, error: "invalid_client", status: 401)))
            #expect(try await bench.error().failureClass == .configuration)
            #expect(bench.entra.requests.count == 2)
        }
    }

    @Test("Tokens bought with a replaced secret are not served any more (E-60)")
    func generation() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("secret")
            let bench = try await CredentialBench.make(
                { _ in SecretCredential(Secret("old secret"), file: Self.file(file)) },
                .success(OBORig.granted("bought-with-the-old-one")),
                .success(OBORig.refused(7_000_222, error: "invalid_client", status: 401)),
                .success(OBORig.granted("bought-with-the-new-one")))
            #expect(try await bench.token(1).secret.revealed == "bought-with-the-old-one")
            try Data("new secret".utf8).write(to: file)
            _ = try await bench.token(2)
            #expect(try await bench.token(1).secret.revealed == "bought-with-the-new-one")
            #expect(bench.entra.requests.count == 4)
        }
    }

    private static func file(_ url: URL) -> CredentialFile { CredentialFile(path: url.path, maximumBytes: 65_536) }
}
