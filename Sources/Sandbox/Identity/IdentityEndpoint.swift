internal import JSON

/// The managed identity endpoints of Azure's platforms (E-175), all on the sandbox's one port.
///
/// The last four are there to be recognised and not used (E-110).
enum IdentityEndpoint: String, Sendable, CaseIterable {
    /// App Service, Functions, Container Apps.
    case appService = "msi"
    /// Virtual machines and AKS nodes: the Instance Metadata Service.
    case instanceMetadata = "imds"
    case serviceFabric = "service-fabric"
    case arc
    case machineLearning = "azure-ml"
    case cloudShell = "cloud-shell"

    var path: String {
        switch self {
        case .appService: "/msi/token"
        case .instanceMetadata: "/metadata/identity/oauth2/token"
        case .serviceFabric: "/service-fabric/metadata/identity/oauth2/token"
        case .arc: "/arc/metadata/identity/oauth2/token"
        case .machineLearning: "/azure-ml/msi/token"
        case .cloudShell: "/cloud-shell/oauth2/token"
        }
    }

    /// The only `api-version` it answers; Cloud Shell has none.
    var apiVersion: String? {
        switch self {
        case .appService: "2019-08-01"
        case .instanceMetadata: "2018-02-01"
        case .serviceFabric: "2019-07-01-preview"
        case .arc: "2020-06-01"
        case .machineLearning: "2017-09-01"
        case .cloudShell: nil
        }
    }

    var method: String { self == .cloudShell ? "POST" : "GET" }

    /// The header field that must hold the value of `IDENTITY_HEADER` or `MSI_SECRET`.
    var secretHeader: String? {
        switch self {
        case .appService: "X-IDENTITY-HEADER"
        case .serviceFabric, .machineLearning: "Secret"
        case .instanceMetadata, .arc, .cloudShell: nil
        }
    }

    /// Whether `Metadata: true` must be there, so that a forwarded request of a browser does not get a token.
    var needsMetadataHeader: Bool { secretHeader == nil }

    /// The parameter that chooses an identity.
    var identityParameter: String { self == .machineLearning ? "clientid" : "client_id" }

    /// An error answer in the endpoint's own form.
    func refusal(_ status: Int, _ code: String, _ message: String, correlationID: String) -> SandboxReply {
        let body: JSONValue =
            switch self {
            case .appService, .machineLearning:
                [
                    "statusCode": .integer(Int64(status)), "message": .string(message),
                    "correlationId": .string(correlationID),
                ]
            case .serviceFabric:
                [
                    "error": [
                        "correlationId": .string(correlationID), "code": .string(code), "message": .string(message),
                    ]
                ]
            case .instanceMetadata, .arc, .cloudShell:
                ["error": .string(code), "error_description": .string(message)]
            }
        return .json(status, body)
    }
}
