import Sandbox
import Testing

@Suite struct SandboxTests {
    @Test("Hands out tokens for its users once it listens")
    func handsOutTokens() async throws {
        try await withSandbox { sandbox in
            #expect(sandbox.baseURL.hasPrefix("http://127.0.0.1:"))
            #expect(try sandbox.token(user: "alice").split(separator: ".").count == 3)
        }
    }
}
