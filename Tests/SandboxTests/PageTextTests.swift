internal import HTTPTransport
internal import Sandbox
internal import TestSupport
internal import Testing

/// What the sandbox's pages show of names and paths: nothing that a person does not see.
@Suite(.patient) struct PageTextTests {
    /// What stands between a page's tags; attributes carry values that must come back as they are.
    private static func words(_ page: HTTPResponse) -> String { page.text.replacing(/<[^>]*>/, with: " ") }

    @Test("The page that asks who signs in shows names without", arguments: HiddenText.all)
    func login(_ row: HiddenText) async throws {
        try await withClient(SandboxConfiguration(showsLoginPage: true)) { client in
            client.sandbox.addUser(row.text)
            let page = try await SignIn().authorize(client)
            #expect(page.status == 200)
            #expect(row.isClean(Self.words(page)))
            #expect(page.text.contains(">\(row.shown) <small>\(row.shown)@contoso.example"))
        }
    }

    @Test("The pages of refusals show paths without", arguments: HiddenText.all)
    func refusals(_ row: HiddenText) async throws {
        try await withClient { client in
            let place = SandboxClient.encoded(row.text)
            let tenant = try await client.get("/\(place)/oauth2/v2.0/authorize?client_id=x")
            #expect(tenant.status == 400)
            #expect(row.isClean(Self.words(tenant)))
            #expect(tenant.text.contains("AADSTS"))
            let workspace = try await client.get("/api/2.2/jobs/\(place)")
            #expect(row.isClean(Self.words(workspace)))
        }
    }
}
