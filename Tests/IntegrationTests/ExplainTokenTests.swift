internal import Foundation
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// `explain-token` as an operator runs it.
@Suite(.serialized, .patient) struct ExplainTokenTests {
    /// What decides about tokens, and nothing else: no secret, no workspace.
    private static func environment(_ sandbox: Sandbox) -> [String: String] {
        Deployment.environment(for: sandbox).filter {
            ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_AUTHORITY_HOST"].contains($0.key)
        }
    }

    @Test("A good token is accepted, with every check shown and exit status 0")
    func accepted() async throws {
        try await withSandbox { sandbox in
            let token = try sandbox.token(user: "alice")
            let run = try await CommandRun(["explain-token"], environment: Self.environment(sandbox), input: token)

            #expect(run.status == 0)
            #expect(run.errors.isEmpty)
            #expect(run.output.contains("Verdict: accepted"))
            #expect(run.output.contains("✓ signature"))
            #expect(!run.output.contains("✗"))
            Self.expectNothing(of: token, in: run)
        }
    }

    @Test("A token may come with Bearer before it and a line break behind it")
    func forgiving() async throws {
        try await withSandbox { sandbox in
            let run = try await CommandRun(
                ["explain-token"], environment: Self.environment(sandbox),
                input: "  Bearer \(try sandbox.token(user: "alice"))\r\n")
            #expect(run.status == 0)
        }
    }

    @Test("A whole token response, in quotes or UTF-16, is recognised, and said to be taken off")
    func wrapped() async throws {
        try await withSandbox { sandbox in
            let token = try sandbox.token(user: "alice")
            for (text, wrapping) in [
                (
                    #"{"token_type": "Bearer", "access_token": "\#(token)"}"#,
                    "a response, of which access_token is read"
                ),
                ("\"Bearer \(token)\"", "quotes, Bearer"), ("\u{FEFF}\(token)", "a byte order mark"),
            ] {
                let run = try await CommandRun(["explain-token"], environment: Self.environment(sandbox), input: text)
                #expect(run.status == 0, "\(wrapping)")
                #expect(run.output.contains("\nTaken off: \(wrapping)\n"))
                Self.expectNothing(of: token, in: run)
            }
        }
    }

    @Test("Of a token for another resource its version is no matter; of our own v1.0 token nothing else is (E-16)")
    func versions() async throws {
        try await withSandbox { sandbox in
            let rows = [
                (TokenOrder(kind: .databricks), "audience", "v1_token"),
                (TokenOrder(version: 1), "v1_token", "audience"),
            ]
            for (order, reason, other) in rows {
                let run = try await CommandRun(
                    ["explain-token"], environment: Self.environment(sandbox), input: try sandbox.token(order))
                #expect(run.output.contains("Verdict: refused, \(reason)\n\nWhat to do\n  \(reason): "))
                for absent in [other, "issuer"] { #expect(!run.output.contains("\n  \(absent): ")) }
            }
        }
    }

    @Test("Every bad token names its reason, the fix and the page, and ends with 1 (E-21)")
    func refused() async throws {
        try await withSandbox { sandbox in
            for row in RejectedToken.all {
                let token = try sandbox.token(row.order)
                let run = try await CommandRun(["explain-token"], environment: Self.environment(sandbox), input: token)
                #expect(run.status == 1, "\(row.testDescription)")
                #expect(run.output.contains("Verdict: refused, \(row.reason)\n"), "\(row.testDescription)")
                #expect(run.output.contains("docs/troubleshooting.md#\(row.reason)"), "\(row.testDescription)")
                Self.expectNothing(of: token, in: run)
            }
        }
    }

    @Test("Works without network from a file and a key document, and prints JSON for machines")
    func offline() async throws {
        let (keys, token, environment) = try await withSandbox { sandbox in
            let token = try sandbox.token(TokenOrder(flaw: .wrongAudience))
            let response = try await withTransport { transport in
                try await MCPTestClient(baseURL: sandbox.baseURL, token: nil, transport: transport)
                    .get("/\(Self.environment(sandbox)["AZURE_TENANT_ID"] ?? "")/discovery/v2.0/keys")
            }
            return (response.http.body, token, Self.environment(sandbox))
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (keyFile, tokenFile) = (folder.appendingPathComponent("keys"), folder.appendingPathComponent("token"))
        try Data(keys).write(to: keyFile)
        try Data(token.utf8).write(to: tokenFile)

        let run = try await CommandRun(
            ["explain-token", "--jwks", keyFile.path, "--file", tokenFile.path, "--json"], environment: environment)

        let report = try JSONValue.parse(run.output)
        #expect(run.status == 1)
        #expect(report["accepted"] == false)
        #expect(report["reason"] == "audience")
        let audience = report["checks"]?.array?.first { $0["check"] == "audience" }
        #expect(audience?["outcome"] == "failed")
        #expect(audience?["fix"]?.text?.isEmpty == false)
        #expect(audience?["help"] == "docs/troubleshooting.md#audience")
        #expect(report["checks"]?.array?.first { $0["check"] == "signature" }?["outcome"] == "passed")
    }

    @Test("Without keys it says so, and what to look at (E-22)")
    func keysUnavailable() async throws {
        try await withSandbox { sandbox in
            var environment = Self.environment(sandbox)
            environment["AZURE_AUTHORITY_HOST"] = "http://127.0.0.1:9"
            let token = try sandbox.token(user: "alice")
            let run = try await CommandRun(["explain-token"], environment: environment, input: token)
            #expect(run.status == 1)
            #expect(run.output.contains("keys_unavailable"))
            #expect(run.errors.contains("signing keys not refreshed"))
        }
    }

    @Test("A token as an argument is refused without being repeated")
    func argument() async throws {
        let run = try await CommandRun(["explain-token", "eyJhbGciOiJub25lIn0.e30."], environment: [:])
        #expect(run.status == 64)
        #expect(run.errors.contains("not taken as an argument"))
        #expect(!(run.errors + run.output).contains("eyJ"))
    }

    @Test("Missing settings and files have their own exit status and one line each")
    func unusable() async throws {
        try await withSandbox { sandbox in
            let settings = try await CommandRun(["explain-token"], environment: [:], input: "x")
            #expect(settings.status == 78)
            #expect(settings.errors.split(separator: "\n").count == 2)

            let environment = Self.environment(sandbox)
            let file = try await CommandRun(["explain-token", "--file", "/nonexistent"], environment: environment)
            #expect(file.status == 66)
            let keys = try await CommandRun(
                ["explain-token", "--jwks", "/dev/null"], environment: environment, input: "x")
            #expect(keys.status == 65)
        }
    }

    private static func expectNothing(of token: String, in run: CommandRun) {
        for segment in token.split(separator: ".") where segment.count >= 32 {
            #expect(!(run.output + run.errors).contains(segment))
        }
    }
}
