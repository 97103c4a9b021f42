internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// `check` as an operator runs it, before anybody signs in.
@Suite(.serialized, .patient) struct CheckTests {
    private static func report(
        _ sandbox: Sandbox, _ changes: [String: String] = [:]
    ) async throws -> (status: Int32, JSONValue) {
        let environment = Deployment.environment(for: sandbox).merging(changes) { $1 }
        let run = try await CommandRun(["check", "--json"], environment: environment)
        return (run.status, try JSONValue.parse(run.output))
    }

    private static func row(_ name: String, of report: JSONValue) -> JSONValue? {
        report["checks"]?.array?.first { $0["name"]?.text == name }
    }

    @Test("A sound deployment passes every check, with latencies, and exit status 0 (E-73, P-77)")
    func healthy() async throws {
        try await withSandbox { sandbox in
            let (status, report) = try await Self.report(sandbox)
            #expect(status == 0)
            #expect(report["ready"] == true)
            for name in ["settings", "Entra ID metadata", "signing keys", "server credential", "workspace", "sign-in"] {
                #expect(Self.row(name, of: report)?["verdict"] == "passed", "\(name)")
            }
            #expect(Self.row("workspace", of: report)?["elapsed_ms"]?.integer != nil)
            #expect(Self.row("sign-in", of: report)?["detail"]?.text?.contains("api://") == true)
            let grants = sandbox.requests(to: "token").compactMap { $0.form.first { $0.name == "grant_type" }?.value }
            #expect(grants == ["client_credentials"])
        }
    }

    /// One thing that is wrong with a deployment, and the check that must say so.
    struct Defect: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let check: String
        let fix: String
        var settings: [String: String] = [:]
        var spoil: @Sendable (Sandbox) throws -> Void = { _ in }

        static let all: [Defect] = [
            Defect(
                testDescription: "a wrong secret", check: "server credential", fix: "secret",
                settings: ["AZURE_CLIENT_SECRET": "wrong"]),
            Defect(
                testDescription: "an application without its part", check: "server credential", fix: "az ad sp create"
            ) {
                try $0.script(app: $0.apiClientID, ["7000229"])
            },
            Defect(testDescription: "no Databricks in the tenant", check: "server credential", fix: "Databricks") {
                try $0.script(app: $0.apiClientID, ["500011"])
            },
            Defect(
                testDescription: "another tenant", check: "Entra ID metadata", fix: "AZURE_TENANT_ID",
                settings: ["AZURE_TENANT_ID": "11111111-2222-3333-4444-555555555555"]),
            Defect(
                testDescription: "no Entra ID", check: "signing keys", fix: "firewalls",
                settings: ["AZURE_AUTHORITY_HOST": "http://127.0.0.1:9"]),
            Defect(
                testDescription: "no workspace", check: "workspace", fix: "firewalls",
                settings: ["DATABRICKS_HOST": "http://127.0.0.1:9"]),
            Defect(testDescription: "a private link", check: "workspace", fix: "private network") {
                $0.addFault(FaultPreset.privateLink.fault(route: "workspace", now: 0))
            },
            Defect(testDescription: "a blocked address", check: "workspace", fix: "IP access list") {
                $0.addFault(FaultPreset.addressBlocked.fault(route: "workspace", now: 0))
            },
            Defect(testDescription: "another web site", check: "workspace", fix: "DATABRICKS_HOST") {
                $0.addFault(FaultPreset.htmlWith200.fault(route: "workspace", now: 0))
            },
            Defect(
                testDescription: "no identity endpoint", check: "server credential", fix: "identity",
                settings: [
                    "AZURE_USE_MANAGED_IDENTITY": "true", "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9",
                    "AZURE_MANAGED_IDENTITY_CLIENT_ID": "1c000000-0000-4000-8000-000000000006",
                ]),
            Defect(
                testDescription: "a setting left out", check: "setting DATABRICKS_HOST", fix: "",
                settings: ["DATABRICKS_HOST": ""]),
        ]
    }

    @Test("Names what is wrong and what to mend, and ends with 1", arguments: Defect.all)
    func defects(_ defect: Defect) async throws {
        try await withSandbox { sandbox in
            try defect.spoil(sandbox)
            let (status, report) = try await Self.report(sandbox, defect.settings)
            #expect(status == 1)
            #expect(report["ready"] == false)
            let row = try #require(Self.row(defect.check, of: report))
            #expect(row["verdict"] == "failed")
            #expect(row["fix"]?.text?.contains(defect.fix) ?? defect.fix.isEmpty, "\(row)")
        }
    }

    @Test("The table for people says the same, without a secret")
    func table() async throws {
        try await withSandbox { sandbox in
            let environment = Deployment.environment(for: sandbox).merging(["AZURE_CLIENT_SECRET": "wrong+secret/5~"]) {
                $1
            }
            let run = try await CommandRun(["check"], environment: environment)
            #expect(run.status == 1)
            #expect(run.output.contains("✗ server credential"))
            #expect(run.output.contains("✓ workspace"))
            #expect(run.output.contains("fix: "))
            #expect(run.output.contains("Not ready: one check failed."))
            #expect(!(run.output + run.errors).contains("wrong+secret"))
        }
    }

    @Test("What says nothing about users' exchanges is a warning", arguments: ["status:429:60", "53003", "501051"])
    func undecided(step: String) async throws {
        try await withSandbox { sandbox in
            try sandbox.script(app: sandbox.apiClientID, [step])
            let (status, report) = try await Self.report(sandbox)
            #expect(status == 0)
            #expect(Self.row("server credential", of: report)?["verdict"] == "warning")
        }
    }

    @Test("Without machine access no token is asked for (E-73)")
    func noToken() async throws {
        try await withSandbox { sandbox in
            let (status, _) = try await Self.report(sandbox, ["MCP_MACHINE_ACCESS": "false"])
            #expect(status == 0)
            #expect(sandbox.requests(to: "token").isEmpty)
        }
    }
}
