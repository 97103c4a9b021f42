internal import Auth
internal import JSON
internal import Observability
internal import TestSupport
internal import Testing

/// An application's token that must be let in, and what it may do then.
struct MachineToken: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let mayRead: Bool
    let mayRun: Bool
    let roles: String
    let change: @Sendable (inout JSONObject) -> Void

    init(
        _ testDescription: String, _ roles: [String], mayRead: Bool, mayRun: Bool, known: String,
        _ change: @escaping @Sendable (inout JSONObject) -> Void = { _ in }
    ) {
        self.testDescription = testDescription
        self.mayRead = mayRead
        self.mayRun = mayRun
        self.roles = known
        self.change = {
            TokenMint.makeApplication(&$0, roles: roles)
            change(&$0)
        }
    }

    static let all: [MachineToken] = [
        MachineToken("E-81 the read role", ["Jobs.Read"], mayRead: true, mayRun: false, known: "Jobs.Read"),
        MachineToken("E-85 the run role alone", ["Jobs.Run"], mayRead: false, mayRun: true, known: "Jobs.Run"),
        MachineToken(
            "E-81 both and another", ["Other", "Jobs.Run", "Jobs.Read"], mayRead: true, mayRun: true,
            known: "Jobs.Read Jobs.Run"),
        MachineToken("E-83 no idtyp, a secret", ["Jobs.Read"], mayRead: true, mayRun: false, known: "Jobs.Read") {
            $0["idtyp"] = nil
            $0["azpacr"] = "1"
        },
        MachineToken("E-83 no idtyp, a certificate", ["Jobs.Read"], mayRead: true, mayRun: false, known: "Jobs.Read") {
            $0["idtyp"] = nil
        },
        MachineToken("E-94 an agent identity", ["Jobs.Read"], mayRead: true, mayRun: false, known: "Jobs.Read") {
            $0["xms_act_fct"] = "3 9 11"
            $0["xms_sub_fct"] = "9 3 11"
            $0["xms_par_app_azp"] = .string(Fixed.client)
        },
    ]
}

@Suite(.quietLog, .patient) struct MachineCallerTests {
    @Test("Lets an application in by a known role, without keeping its token (E-52, E-81)", arguments: MachineToken.all)
    func accepts(_ row: MachineToken) async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token(changing: row.change)

        for _ in 0..<2 {  // checked, then from the cache of verdicts
            let outcome = await rig.authenticate(token)
            let application = try #require(outcome.application)
            #expect(outcome.principal == nil)
            #expect(application.roles.mayRead == row.mayRead)
            #expect(application.roles.mayRun == row.mayRun)
            #expect(application.roles.text == row.roles)
            #expect(application.objectID.description == Fixed.machinePrincipal)
            #expect(application.clientID == Fixed.machine)
            #expect(Mirror(reflecting: application).children.allSatisfy { !($0.value is Secret) })
        }
    }

    @Test("Names the roles as the settings do (E-80)")
    func roleNames() async throws {
        let policy = try Fixed.policy(machineRoles: MachineRoles(read: "Runs.See", run: "Runs.Start"))
        let rig = try await AuthRig.loaded(policy: policy)
        let own = try TokenMint.first.token { TokenMint.makeApplication(&$0, roles: ["Runs.Start"]) }
        let usual = try TokenMint.first.token { TokenMint.makeApplication(&$0, roles: ["Jobs.Read"]) }

        #expect(await rig.authenticate(own).application?.roles.mayRun == true)
        #expect(await rig.authenticate(usual).refusal?.reason == "role_missing")
    }

    @Test("Refuses every application where machine access is off, and says so to the operator (E-90)")
    func switchedOff() async throws {
        let rig = try await AuthRig.loaded(policy: try Fixed.policy(machineRoles: nil))
        let token = try TokenMint.first.token { TokenMint.makeApplication(&$0, roles: ["Jobs.Read"]) }

        let rejection = try #require(await rig.verdict(on: token).rejection)
        #expect(rejection.reason == .roleMissing)
        #expect(rejection.expected == "a user, as MCP_MACHINE_ACCESS is false")
        #expect(await rig.authenticate(token).refusal?.status == 403)
        #expect(try await rig.principal().scopes == ["jobs"])
    }

    @Test("A user's roles give a user nothing (E-86)")
    func userRoles() async throws {
        let rig = try await AuthRig.loaded()
        let outcome = await rig.authenticate(try TokenMint.first.token { $0["roles"] = ["Jobs.Run", "Jobs.Read"] })
        #expect(outcome.principal != nil)
        #expect(outcome.application == nil)
    }

    @Test("The allow-list of clients holds for applications too (E-18)")
    func allowedClients() async throws {
        let policy = try Fixed.policy(allowedClientIDs: [try #require(GUID(Fixed.client))])
        let rig = try await AuthRig.loaded(policy: policy)
        let token = try TokenMint.first.token { TokenMint.makeApplication(&$0, roles: ["Jobs.Read"]) }
        #expect(await rig.verdict(on: token).rejection?.reason == .clientNotAllowed)
    }

    @Test("A missing role is a tool error that names it, for each reader (E-85)")
    func missingRole() {
        let error = MissingRole(role: "Jobs.Run", tool: "run_now", granted: "Jobs.Read")
        #expect(error.callerMessage.hasPrefix("The application role Jobs.Run is required for run_now. "))
        #expect(error.operatorMessage == "app role Jobs.Run missing for run_now, granted: Jobs.Read")
        #expect(error.details.category == .permission)
        #expect(!error.details.retryable)
    }
}
