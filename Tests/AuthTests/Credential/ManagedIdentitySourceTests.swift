internal import Auth
internal import Observability
internal import Testing

/// The environment of one platform, and what it means (E-110).
struct SourceCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let source: ManagedIdentitySource?
    let refusal: ManagedIdentityRefusal?
    let change: @Sendable (inout ManagedIdentityEnvironment) -> Void

    init(
        _ name: String, _ source: ManagedIdentitySource,
        _ change: @escaping @Sendable (inout ManagedIdentityEnvironment) -> Void
    ) {
        (testDescription, self.source, refusal, self.change) = (name, source, nil, change)
    }

    init(
        _ name: String, refused refusal: ManagedIdentityRefusal,
        _ change: @escaping @Sendable (inout ManagedIdentityEnvironment) -> Void
    ) {
        (testDescription, source, self.refusal, self.change) = (name, nil, refusal, change)
    }

    static let endpoint = "http://localhost:42356/msi/token"
    static let header = Secret("header-of-the-platform")

    static let all: [SourceCase] = [
        SourceCase("row 1: Service Fabric", refused: .serviceFabric) {
            $0.identityEndpoint = "https://localhost:2377/metadata/identity/oauth2/token"
            $0.identityHeader = header
            $0.identityServerThumbprint = "00112233"
        },
        SourceCase("row 2: App Service and Container Apps", .endpoint(.appService(url: endpoint, header: header))) {
            $0.identityEndpoint = endpoint
            $0.identityHeader = header
        },
        SourceCase(
            "row 2 before 3 to 6: the platform's endpoint comes first",
            .endpoint(.appService(url: endpoint, header: header))
        ) {
            $0.identityEndpoint = endpoint
            $0.identityHeader = header
            $0.imdsEndpoint = "http://localhost:40342"
            $0.msiEndpoint = endpoint
            $0.msiSecret = header
            $0.federatedTokenFile = "/token"
            $0.hasArcAgent = true
        },
        SourceCase("row 3: Azure ML", refused: .machineLearning) {
            $0.msiEndpoint = endpoint
            $0.msiSecret = header
        },
        SourceCase("row 4: Azure Arc by its variables", refused: .arc) {
            $0.identityEndpoint = "http://localhost:40342/metadata/identity/oauth2/token"
            $0.imdsEndpoint = "http://localhost:40342"
        },
        SourceCase("row 4: Azure Arc by its agent", refused: .arc) { $0.hasArcAgent = true },
        SourceCase("row 5: Cloud Shell", refused: .cloudShell) {
            $0.msiEndpoint = "http://localhost:50342/oauth2/token"
        },
        SourceCase("row 6: AKS", .tokenFile(path: "/var/run/token")) { $0.federatedTokenFile = "/var/run/token" },
        SourceCase("row 7: a virtual machine", .endpoint(.imds(host: "http://169.254.169.254"))) { _ in },
        SourceCase("row 7: another metadata address", .endpoint(.imds(host: "http://127.0.0.1:9100"))) {
            $0.imdsHost = "http://127.0.0.1:9100/"
        },
        SourceCase("an endpoint without its header", refused: .headerMissing) { $0.identityEndpoint = endpoint },
        SourceCase("an endpoint without its header on AKS (E-112)", refused: .headerMissing) {
            $0.identityEndpoint = endpoint
            $0.federatedTokenFile = "/var/run/token"
        },
        SourceCase("an endpoint that is no address", refused: .malformedEndpoint) {
            $0.identityEndpoint = "localhost:42356"
            $0.identityHeader = header
        },
        SourceCase("an endpoint with a user name", refused: .malformedEndpoint) {
            $0.identityEndpoint = "http://user@localhost:42356/msi/token"
            $0.identityHeader = header
        },
        SourceCase("a metadata address that is another machine's", refused: .malformedIMDSHost) {
            $0.imdsHost = "http://metadata.example.com"
        },
        SourceCase("a metadata address that hides another one", refused: .malformedIMDSHost) {
            $0.imdsHost = "http://169.254.169.254.example.com"
        },
        SourceCase("a metadata address with a path", refused: .malformedIMDSHost) {
            $0.imdsHost = "http://169.254.169.254/metadata"
        },
        SourceCase("an encrypted metadata address", .endpoint(.imds(host: "https://metadata.example.com"))) {
            $0.imdsHost = "https://metadata.example.com"
        },
    ]
}

@Suite struct ManagedIdentitySourceTests {
    @Test("The first row that fits decides (E-110, E-112, E-115)", arguments: SourceCase.all)
    func detection(_ row: SourceCase) throws {
        var environment = ManagedIdentityEnvironment()
        row.change(&environment)
        if let refusal = row.refusal {
            #expect(throws: refusal) { _ = try ManagedIdentitySource(detectedIn: environment) }
        } else {
            #expect(try ManagedIdentitySource(detectedIn: environment) == row.source)
        }
    }

    @Test(
        "Each refusal names a variable and a way out, and no value (E-110, E-119)",
        arguments: ManagedIdentityRefusal.allCases)
    func refusals(_ refusal: ManagedIdentityRefusal) {
        #expect(refusal.variable.hasPrefix("AZURE_") || refusal.variable.hasPrefix("IDENTITY_"))
        #expect(!"\(refusal)".contains(SourceCase.header.revealed))
        let isPlatform = [.serviceFabric, .machineLearning, .arc, .cloudShell].contains(refusal)
        #expect("\(refusal)".contains("was recognised and is not supported") == isPlatform)
    }

    @Test("Every refusal has a row")
    func complete() {
        #expect(Set(SourceCase.all.compactMap(\.refusal)) == Set(ManagedIdentityRefusal.allCases))
    }
}
