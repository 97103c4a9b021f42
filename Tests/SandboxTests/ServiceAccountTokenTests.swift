internal import Foundation
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct ServiceAccountTokenTests {
    @Test("Writes the file as a cluster does, and rotates it")
    func rotates() async throws {
        try await withClient { client in
            try await withTemporaryFolder { folder in
                let path = folder.appending(path: "azure-identity-token").path()
                try client.sandbox.writeServiceAccountToken(to: path)
                let first = try String(contentsOfFile: path, encoding: .utf8)
                let token = try claims(of: first.trimmingCharacters(in: .newlines))
                #expect(token["iss"]?.text == "\(client.sandbox.baseURL)/aks/")
                #expect(token["sub"]?.text == SandboxIdentity.serviceAccount)
                #expect(token["aud"] == ["api://AzureADTokenExchange"])
                try client.sandbox.writeServiceAccountToken(to: path)
                #expect(try String(contentsOfFile: path, encoding: .utf8) != first)
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
            }
        }
    }

    @Test("Puts the file into every state of E-112 over HTTP", arguments: Sandbox.ServiceAccountTokenState.allCases)
    func states(_ state: Sandbox.ServiceAccountTokenState) async throws {
        try await withClient { client in
            try await withTemporaryFolder { folder in
                let path = folder.appending(path: "token").path()
                try client.sandbox.writeServiceAccountToken(to: path)
                let body: JSONValue = ["path": .string(path), "state": .string(state.rawValue)]
                #expect(try await client.control(.post, "aks", body.description).status == 200)
                let text = try? String(contentsOfFile: path, encoding: .utf8)
                switch state {
                case .missing: #expect(text == nil)
                case .empty: #expect(text?.isEmpty == true)
                case .tooLarge: #expect(text?.utf8.count == 20_480)
                case .garbage: #expect(text?.contains(".") == false)
                case .valid:
                    #expect(try await client.exchange(assertion: String(text?.dropLast() ?? ""))["access_token"] != nil)
                case .expired:
                    let answer = try await client.exchange(assertion: String(text?.dropLast() ?? ""))
                    #expect(answer["error_codes"]?.list == [700024])
                }
                // Whatever is there now, the next one is written over it.
                try client.sandbox.writeServiceAccountToken(to: path)
            }
        }
    }

    @Test("Leaves other files alone, and says why a path is not usable")
    func guards() async throws {
        try await withClient { client in
            try await withTemporaryFolder { folder in
                let path = folder.appending(path: "notes").path()
                try Data("my notes".utf8).write(to: URL(filePath: path))
                for unusable in [path, "relative", "/nonexistent/token"] {
                    let body: JSONValue = ["path": .string(unusable)]
                    let answer = try await client.control(.post, "aks", body.description)
                    #expect(answer.status == 400)
                    #expect(try answer.json["error"]?.text?.contains("'\(unusable)") == true)
                }
                #expect(try String(contentsOfFile: path, encoding: .utf8) == "my notes")
            }
        }
    }

    @Test("Is no service for pages in a browser")
    func browser() async throws {
        try await withClient { client in
            let answer = try await client.send(
                .post, "/_control/reset", headers: ["Origin": "https://attacker.example"], body: [])
            #expect(answer.status == 403)
        }
    }
}
