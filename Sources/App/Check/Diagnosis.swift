internal import Auth
internal import HTTPTransport
internal import Jobs

/// Looks at everything that calls depend on and that can be looked at without a user.
struct Diagnosis {
    private let settings: Settings
    private let transport: CurlTransport

    init(_ settings: Settings) {
        self.settings = settings
        transport = CurlTransport(TransportConfiguration(caFile: settings.caFile))
    }

    /// All results in a fixed order; what needs the network is looked at in parallel, each within 15 seconds.
    func results() async -> [CheckResult] {
        async let discoveryResult = timed { await metadata() }
        async let keysResult = timed { await signingKeys() }
        async let credentialResult = timed { await credential() }
        async let workspaceResult = timed { await workspace() }
        let network = await [discoveryResult, keysResult, credentialResult, workspaceResult]
        return [CheckResult("settings", .passed, "complete and well-formed")] + warnings + network + [signIn]
    }

    private var endpoints: EntraEndpoints { settings.signIn.endpoints }

    private func timed(_ check: () async -> CheckResult) async -> CheckResult {
        let start = ContinuousClock.now
        var result = await check()
        result.elapsed = ContinuousClock.now - start
        return result
    }

    private var warnings: [CheckResult] {
        settings.warnings.map { CheckResult("setting \($0.name)", .warning, $0.advice) }
    }

    /// E-30.
    private func metadata() async -> CheckResult {
        let name = "Entra ID metadata"
        switch await DiscoveryCheck(endpoints: endpoints, transport: transport).run() {
        case .consistent:
            return CheckResult(name, .passed, "issuer and keys are those that the settings lead to")
        case .contradiction(let contradictions):
            return CheckResult(
                name, .failed, contradictions.joined(separator: "; "),
                fix: "Compare AZURE_TENANT_ID and AZURE_AUTHORITY_HOST with the tenant's overview page.")
        case .unreachable(let reason):
            return CheckResult(name, .failed, "\(endpoints.discoveryURL): \(reason)", fix: Self.networkFix)
        }
    }

    private func signingKeys() async -> CheckResult {
        do throws(JWKSError) {
            let document = try await JWKSFetcher(url: endpoints.jwksURL, transport: transport).fetch()
            return CheckResult("signing keys", .passed, "\(document.count) usable keys")
        } catch {
            return CheckResult("signing keys", .failed, "\(endpoints.jwksURL): \(error.detail)", fix: Self.networkFix)
        }
    }

    /// Proves who this server is, and has Entra ID look at the proof where machine access allows to ask for a token
    /// without a user (E-73).
    private func credential() async -> CheckResult {
        let name = "server credential"
        let (signIn, credential) = (
            settings.signIn, settings.credential.makeCredential(for: settings.signIn, transport: transport)
        )
        let endpoint = TokenEndpoint(
            endpoints: endpoints, clientID: signIn.clientID, credential: credential, transport: transport)
        let probe = CredentialProbe(
            credential: credential, clientID: signIn.clientID,
            applicationTokens: signIn.policy.machineRoles == nil ? nil : ApplicationTokenCache(endpoint: endpoint))
        let judgement = await probe.judge()
        switch judgement {
        case .accepted: return CheckResult(name, .passed, "Entra ID accepts the \(credential.mode.words)")
        case .notAsked:
            return CheckResult(
                name, .passed, "the \(credential.mode.words) is at hand; Entra ID was not asked about it")
        case .noProof, .namesTheIdentity, .refused, .undecided:
            return CheckResult(
                name, judgement.isObstacle ? .failed : .warning, judgement.problem ?? "",
                fix: judgement.remedy ?? Self.networkFix)
        }
    }

    private func workspace() async -> CheckResult {
        let probe = WorkspaceProbe(
            workspace: settings.workspace, transport: transport, userAgent: UserAgent(version: BuildInfo.version))
        switch await probe.run() {
        case .workspace:
            return CheckResult("workspace", .passed, "\(settings.workspace.origin) answers as Azure Databricks does")
        case .problem(let problem, let fix):
            return CheckResult("workspace", .failed, problem, fix: fix)
        }
    }

    /// What clients are told, beside what tokens must then have: they must fit each other (E-130 to E-133).
    private var signIn: CheckResult {
        let metadata = settings.signIn.metadata(for: settings.listener.baseURL)
        let audiences = settings.signIn.policy.audiences.joined(separator: ", ")
        return CheckResult(
            "sign-in", .passed,
            "clients of \(metadata.resource) ask for \(metadata.scope); tokens must be for \(audiences)")
    }

    private static let networkFix =
        "Look at DNS, firewalls, the proxy variables and HTTPS_CA_FILE between this machine and Entra ID."
}

extension CredentialMode {
    fileprivate var words: String {
        switch self {
        case .secret: "client secret"
        case .certificate: "certificate"
        case .workloadIdentity: "workload identity"
        case .managedIdentity: "managed identity"
        }
    }
}
