internal import Foundation
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// One way for the server to prove its identity, configured by the environment alone.
struct CredentialCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Whether the sandbox must see an assertion instead of a secret.
    var isAssertion = true
    /// Makes the settings; files go into the folder.
    let settings: @Sendable (Sandbox, URL) async throws -> [String: String]

    static let identity = [
        "AZURE_USE_MANAGED_IDENTITY": "true", "AZURE_MANAGED_IDENTITY_CLIENT_ID": SandboxIdentity.identityClientID,
    ]

    static let all: [CredentialCase] = [
        CredentialCase(testDescription: "secret in a variable", isAssertion: false) { sandbox, _ in
            ["AZURE_CLIENT_SECRET": sandbox.clientSecret]
        },
        CredentialCase(testDescription: "secret in a file", isAssertion: false) { sandbox, folder in
            ["AZURE_CLIENT_SECRET_FILE": try write(sandbox.clientSecret, "secret", folder)]
        },
        CredentialCase(testDescription: "secret as systemd credential", isAssertion: false) { sandbox, folder in
            _ = try write(sandbox.clientSecret, "azure_client_secret", folder)
            return ["CREDENTIALS_DIRECTORY": folder.path]
        },
        CredentialCase(testDescription: "certificate in a file") { sandbox, folder in
            ["AZURE_CLIENT_CERTIFICATE_PATH": try certificate(for: sandbox, "client.pem", folder)]
        },
        CredentialCase(testDescription: "certificate as systemd credential") { sandbox, folder in
            _ = try certificate(for: sandbox, "azure_client_certificate", folder)
            return ["CREDENTIALS_DIRECTORY": folder.path]
        },
        CredentialCase(testDescription: "workload identity on AKS") { sandbox, folder in
            let path = folder.appendingPathComponent("azure-identity-token").path
            try sandbox.writeServiceAccountToken(to: path)
            // The webhook injects the managed identity's client id as AZURE_CLIENT_ID (E-113).
            return [
                "AZURE_USE_MANAGED_IDENTITY": "true", "AZURE_FEDERATED_TOKEN_FILE": path,
                "AZURE_CLIENT_ID": SandboxIdentity.identityClientID, "MCP_CLIENT_ID": sandbox.apiClientID,
            ]
        },
        CredentialCase(testDescription: "managed identity of a virtual machine") { sandbox, _ in
            identity.merging(["AZURE_POD_IDENTITY_AUTHORITY_HOST": sandbox.baseURL]) { $1 }
        },
        CredentialCase(testDescription: "managed identity of a container app") { sandbox, _ in
            identity.merging([
                "IDENTITY_ENDPOINT": "\(sandbox.baseURL)/msi/token", "IDENTITY_HEADER": SandboxIdentity.identityHeader,
            ]) { $1 }
        },
    ]

    static func write(_ text: String, _ name: String, _ folder: URL) throws -> String {
        let file = folder.appendingPathComponent(name)
        try Data("\(text)\n".utf8).write(to: file)
        return file.path
    }

    static func certificate(
        for sandbox: Sandbox, _ name: String, _ folder: URL, lastYear: Int = 2049
    ) throws -> String {
        let certificate = try SandboxCertificate(lastYear: lastYear)
        try sandbox.setCertificates([certificate.certificatePEM])
        return try write(certificate.pem, name, folder)
    }
}

/// How the server proves its identity, with the real executable configured by the environment.
@Suite(.serialized, .patient) struct CredentialTests {
    @Test("Serves users with each kind of credential (E-70, E-110)", arguments: CredentialCase.all)
    func sources(_ row: CredentialCase) async throws {
        try await withCredential(row.settings) { deployment, _ in
            _ = try await deployment.server.log.record(message: "server credential is ready")
            let alice = try deployment.client(user: "alice")
            #expect(try await alice.call("list_jobs").isToolError == false)
            #expect(try await alice.get("/readyz").http.status == 200)

            let request = try #require(deployment.sandbox.requests(to: "token").first)
            let names = request.form.map(\.name)
            #expect(names.contains("client_assertion") == row.isAssertion)
            #expect(names.contains("client_secret") == !row.isAssertion)
            #expect(request.status == 200)
        }
    }

    @Test(
        "Gets over faults of the metadata service by itself (E-117, E-186)",
        arguments: [
            ["404", "ok"], ["status:429:1", "ok"], ["500", "503", "ok"], ["drop", "drop", "ok"], ["slow:300"],
        ])
    func passingFaults(script: [String]) async throws {
        try await withIMDS(script) { deployment in
            _ = try await deployment.server.log.record(message: "server credential is ready")
            let alice = try deployment.client(user: "alice")
            #expect(try await alice.call("list_jobs").isToolError == false)
        }
    }

    @Test(
        "Says what is wrong with the managed identity, fails fast meanwhile, and recovers (E-73, E-117, E-118, E-186)",
        arguments: [
            ("410", "the managed identity endpoint is not available"),
            ("unreachable", "there is no managed identity endpoint here"),
            ("400", "the managed identity is not assigned to this host"),
            ("garbage", "the managed identity endpoint gave no usable token"),
            ("empty-token", "the managed identity endpoint gave no usable token"),
        ])
    func lastingFaults(step: String, reason: String) async throws {
        try await withIMDS([step]) { deployment in
            _ = try await deployment.server.log.record(message: "server credential is not ready")
            let alice = try deployment.client(user: "alice")
            let probe = try await alice.get("/readyz")
            #expect(probe.http.status == 503)
            #expect(probe.json?["reason"]?.text?.contains(reason) == true)
            let asked = deployment.sandbox.requests(to: "imds").count
            for _ in 0..<3 {
                let refused = try await alice.call("list_jobs")
                #expect(refused.isToolError)
                #expect(refused.text?.contains("managed identity") == false)
            }
            #expect(deployment.sandbox.requests(to: "imds").count <= asked + 1)
            #expect(deployment.sandbox.requests(to: "token").isEmpty)

            try deployment.sandbox.scriptManagedIdentity(["ok"])
            _ = try await deployment.server.log.record(message: "server credential is ready")
            #expect(try await alice.get("/readyz").http.status == 200)
            #expect(try await alice.call("list_jobs").isToolError == false)
        }
    }

    @Test("Where nobody listens, there is no managed identity endpoint (E-118, E-186)")
    func noListener() async throws {
        try await withCredential { _, _ in
            CredentialCase.identity.merging([
                "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:\(try ServerProcess.freePort())"
            ]) { $1 }
        } _: { deployment, _ in
            let record = try await deployment.server.log.record(message: "managed identity token not obtained")
            #expect(record["problem"]?.text == "no_endpoint")
            #expect(record["remedy"]?.text?.contains("AZURE_CLIENT_CERTIFICATE_PATH") == true)
        }
    }

    @Test("An identity that the host does not have is said so at once, with what to set (E-111, E-118)")
    func wrongIdentity() async throws {
        try await withCredential { sandbox, _ in
            [
                "AZURE_USE_MANAGED_IDENTITY": "true", "IDENTITY_ENDPOINT": "\(sandbox.baseURL)/msi/token",
                "IDENTITY_HEADER": SandboxIdentity.identityHeader,
                "AZURE_MANAGED_IDENTITY_CLIENT_ID": "1c000000-0000-4000-8000-00000000ffff",
            ]
        } _: { deployment, _ in
            let record = try await deployment.server.log.record(message: "managed identity token not obtained")
            #expect(record["problem"]?.text == "identity_not_assigned")
            #expect(record["remedy"]?.text?.contains("AZURE_MANAGED_IDENTITY_CLIENT_ID") == true)
            let wrongHeader = deployment.server.log.lines.contains { $0.contains(SandboxIdentity.identityHeader) }
            #expect(!wrongHeader, "the header's value is a secret (E-119)")
        }
    }

    @Test("A federated credential that has not propagated fails fast, says so, and works later (E-72, E-121, E-186)")
    func propagation() async throws {
        try await withIMDS([]) { deployment in
            var credential = FederatedCredential.managedIdentity
            credential.pendingRequests = 2
            try deployment.sandbox.setFederatedCredentials([credential])
            let alice = try deployment.client(user: "alice")
            for _ in 0..<2 { #expect(try await alice.call("list_jobs").isToolError) }
            let record = try await deployment.server.log.record(message: "On-Behalf-Of exchange failed")
            #expect(record["remedy"]?.text?.contains("changes take minutes to apply") == true)
            #expect(record["expected_subject"]?.text == SandboxIdentity.identityPrincipalID)
            #expect(record["expected_audience"]?.text == SandboxIdentity.tokenExchangeAudience)
            #expect(record["expected_issuer"]?.text?.hasSuffix("\(SandboxIdentity.tenantID)/v2.0") == true)
            #expect(try await alice.call("list_jobs").isToolError == false)
        }
    }

    @Test("Where machine callers are served, the server is not ready before the credential has propagated (E-72, E-73)")
    func propagationAtStart() async throws {
        try await withCredential { sandbox, _ in
            var credential = FederatedCredential.managedIdentity
            credential.pendingRequests = 1
            try sandbox.setFederatedCredentials([credential])
            return CredentialCase.identity.merging([
                "AZURE_POD_IDENTITY_AUTHORITY_HOST": sandbox.baseURL, "MCP_MACHINE_ACCESS": "true",
            ]) { $1 }
        } _: { deployment, _ in
            let record = try await deployment.server.log.record(message: "server credential is not ready")
            #expect(record["problem"]?.text?.contains("Entra ID refuses it (AADSTS70021)") == true)
            _ = try await deployment.server.log.record(message: "server credential is ready")
            let kinds = deployment.sandbox.requests(to: "token").map { request in
                request.form.first { $0.name == "grant_type" }?.value
            }
            #expect(kinds == ["client_credentials", "client_credentials"])
        }
    }

    @Test(
        "While Entra ID refuses the application the server is not ready, and says what to do (E-73)",
        arguments: [
            (["700016"], "AZURE_CLIENT_ID"), (["500011", "500014"], "Databricks"), (["650052"], "consent"),
            (["90002"], "AZURE_TENANT_ID"),
        ])
    func refusedApplication(script: [String], remedy: String) async throws {
        try await withCredential { sandbox, _ in
            try sandbox.script(app: sandbox.apiClientID, script)
            return ["AZURE_CLIENT_SECRET": sandbox.clientSecret, "MCP_MACHINE_ACCESS": "true"]
        } _: { deployment, _ in
            let record = try await deployment.server.log.record(message: "server credential is not ready")
            #expect(record["problem"]?.text?.hasSuffix("Entra ID refuses it (AADSTS\(script[0]))") == true)
            #expect(record["remedy"]?.text?.contains(remedy) == true)
            let alice = try deployment.client(user: "alice")
            let probe = try await alice.get("/readyz")
            #expect(probe.http.status == 503)
            #expect(probe.json?["reason"]?.text?.contains("AADSTS\(script[0])") == true)
            #expect(probe.json?["reason"]?.text?.contains(remedy) == true)
            try deployment.sandbox.script(app: deployment.sandbox.apiClientID, ["ok"])
            _ = try await deployment.server.log.record(message: "server credential is ready")
            #expect(try await alice.get("/readyz").http.status == 200)
        }
    }

    @Test(
        "On Container Apps, AZURE_CLIENT_ID that is the managed identity's is said so before anybody signs in (E-111)")
    func identityInsteadOfApplication() async throws {
        try await withCredential { sandbox, _ in
            CredentialCase.identity.merging([
                "IDENTITY_ENDPOINT": "\(sandbox.baseURL)/msi/token", "IDENTITY_HEADER": SandboxIdentity.identityHeader,
                "AZURE_CLIENT_ID": SandboxIdentity.identityClientID,
            ]) { $1 }
        } _: { deployment, _ in
            let record = try await deployment.server.log.record(message: "server credential is not ready")
            #expect(
                record["problem"]?.text?.hasSuffix("AZURE_CLIENT_ID is the client id of the managed identity") == true)
            #expect(record["remedy"]?.text?.contains("AZURE_MANAGED_IDENTITY_CLIENT_ID") == true)
            #expect(try await deployment.client(user: "alice").get("/readyz").http.status == 503)
            #expect(deployment.sandbox.requests(to: "token").isEmpty)
        }
    }

    @Test("An assertion that is refused is replaced once by a new one of the platform (E-71, E-120, E-186)")
    func refusedThenAccepted() async throws {
        try await withCredential { sandbox, _ in
            sandbox.changeManagedIdentity {
                $0.claims = ["sub": "1d000000-0000-4000-8000-00000000ffff"]
                $0.reusesTokens = false
            }
            return CredentialCase.identity.merging(["AZURE_POD_IDENTITY_AUTHORITY_HOST": sandbox.baseURL]) { $1 }
        } _: { deployment, _ in
            _ = try await deployment.server.log.record(message: "server credential is ready")
            deployment.sandbox.changeManagedIdentity { $0.claims = [:] }
            let alice = try deployment.client(user: "alice")
            #expect(try await alice.call("list_jobs").isToolError == false)
            #expect(deployment.sandbox.requests(to: "token").map(\.status) == [401, 200])
            #expect(deployment.sandbox.requests(to: "imds").count == 2)
        }
    }

    @Test("The platform is asked directly, whatever proxy the environment names (E-115, E-186)")
    func proxy() async throws {
        let nobody = "http://127.0.0.1:\(try ServerProcess.freePort())"
        try await withCredential { sandbox, _ in
            // Entra ID and the workspace are excepted by their address; the platform's goes by a name.
            let platform = sandbox.baseURL.replacingOccurrences(of: "127.0.0.1", with: "localhost")
            return CredentialCase.identity.merging([
                "AZURE_POD_IDENTITY_AUTHORITY_HOST": platform, "http_proxy": nobody, "https_proxy": nobody,
                "all_proxy": nobody, "no_proxy": "127.0.0.1",
            ]) { $1 }
        } _: { deployment, _ in
            _ = try await deployment.server.log.record(message: "server credential is ready")
            let alice = try deployment.client(user: "alice")
            #expect(try await alice.call("list_jobs").isToolError == false)
        }
    }

    @Test("Every state of the projected token file is told apart, and a good one works at once (E-112, E-186)")
    func tokenFile() async throws {
        try await withCredential(CredentialCase.all[5].settings) { deployment, folder in
            let path = folder.appendingPathComponent("azure-identity-token").path
            let alice = try deployment.client(user: "alice")
            let categories: [(Sandbox.ServiceAccountTokenState, String?)] = [
                (.expired, "unavailable"), (.valid, nil), (.empty, "configuration"), (.tooLarge, "configuration"),
                (.missing, "configuration"), (.valid, nil),
            ]
            for (state, category) in categories {
                // `tooLarge` leaves something that the sandbox does not replace by itself.
                if state == .missing {
                    try FileManager.default.removeItem(atPath: path)
                } else {
                    try deployment.sandbox.writeServiceAccountToken(to: path, state)
                }
                let name = "user-\(state.rawValue)-\(deployment.sandbox.requests.count)"
                deployment.sandbox.addUser(name)
                let answer = try await deployment.client(user: name).call("list_jobs")
                #expect(
                    answer.result?["_meta"]?["databricks-jobs-mcp/error"]?["category"]?.text == category, "\(state)")
            }
            #expect(try await alice.call("list_jobs").isToolError == false)
        }
    }

    @Test("A secret that is replaced in its file needs no restart (E-156)")
    func replacedSecret() async throws {
        try await withCredential(CredentialCase.all[1].settings) { deployment, folder in
            #expect(try await deployment.client(user: "alice").call("list_jobs").isToolError == false)
            try deployment.sandbox.setSecret("another secret")
            _ = try CredentialCase.write("another secret", "secret", folder)
            #expect(try await deployment.client(user: "bob").call("list_jobs").isToolError == false)
            #expect(deployment.sandbox.requests(to: "token").map(\.status) == [200, 401, 200])
        }
    }

    @Test("A certificate that is replaced in its file needs no restart (E-187)")
    func replacedCertificate() async throws {
        try await withCredential(CredentialCase.all[3].settings) { deployment, folder in
            #expect(try await deployment.client(user: "alice").call("list_jobs").isToolError == false)
            _ = try CredentialCase.certificate(for: deployment.sandbox, "client.pem", folder)
            #expect(try await deployment.client(user: "bob").call("list_jobs").isToolError == false)
            #expect(deployment.sandbox.requests(to: "token").map(\.status) == [200, 200])
        }
    }

    @Test(
        "A platform that is not supported, or two credentials, stop the start with status 78 (E-70, E-110)",
        arguments: [
            (
                ["AZURE_USE_MANAGED_IDENTITY": "true", "MSI_ENDPOINT": "http://127.0.0.1:1"],
                "Cloud Shell was recognised"
            ),
            (["AZURE_CLIENT_SECRET": "s", "AZURE_CLIENT_CERTIFICATE_PATH": "/nonexistent"], "keep one of them"),
        ])
    func refusedStart(settings: [String: String], words: String) async throws {
        let base = [
            "AZURE_TENANT_ID": SandboxIdentity.tenantID, "AZURE_CLIENT_ID": SandboxIdentity.apiClientID,
            "DATABRICKS_HOST": "http://127.0.0.1:1",
        ]
        let (status, lines) = try await ServerProcess.run(base.merging(settings) { $1 })
        #expect(status == 78)
        #expect(lines.contains { $0.contains(words) })
    }

    private func withIMDS(
        _ script: [String], _ body: @Sendable (Deployment) async throws -> Void
    ) async throws {
        try await withCredential { sandbox, _ in
            if !script.isEmpty { try sandbox.scriptManagedIdentity(script) }
            return CredentialCase.identity.merging(["AZURE_POD_IDENTITY_AUTHORITY_HOST": sandbox.baseURL]) { $1 }
        } _: { deployment, _ in
            try await body(deployment)
        }
    }
}
