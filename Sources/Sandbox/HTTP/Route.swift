/// What a path asks for.
enum Route: Sendable, Equatable {
    /// OpenID Connect metadata of a tenant; `version` is 1 or 2 (E-170).
    case discovery(tenant: String, version: Int)
    /// The signing keys (E-171).
    case keys(tenant: String, version: Int)
    case token(tenant: String)
    case authorize(tenant: String)
    /// Metadata at a path that Entra does not serve (E-172).
    case insertedMetadata
    /// A managed identity endpoint (E-175).
    case identity(IdentityEndpoint)
    /// One of the five endpoints of the Jobs API.
    case workspace(JobsEndpoint, version: APIVersion)
    /// Any other path below `/api/`, which answers as D-29 says.
    case unknownAPI(path: String)
    case control(path: [String])
    case unknown

    init(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        let identity = IdentityEndpoint.allCases.first { $0.path == path }
        switch parts {
        case _ where identity != nil: self = identity.map(Route.identity) ?? .unknown
        case _ where parts.first == "_control": self = .control(path: Array(parts.dropFirst()))
        case _ where parts.first == "api": self = Route(apiParts: Array(parts.dropFirst()))
        case _ where parts.first == ".well-known": self = .insertedMetadata
        case _ where parts.count > 1: self = Route(tenant: parts[0], rest: parts.dropFirst().joined(separator: "/"))
        default: self = .unknown
        }
    }

    private init(apiParts: [String]) {
        let path = apiParts.dropFirst().joined(separator: "/")
        guard let version = apiParts.first.flatMap(APIVersion.init), path.hasPrefix("jobs/"),
            let endpoint = JobsEndpoint(rawValue: path)
        else {
            self = .unknownAPI(path: "/\(path)")
            return
        }
        self = .workspace(endpoint, version: version)
    }

    private init(tenant: String, rest: String) {
        switch rest {
        case "v2.0/.well-known/openid-configuration": self = .discovery(tenant: tenant, version: 2)
        case ".well-known/openid-configuration": self = .discovery(tenant: tenant, version: 1)
        case "discovery/v2.0/keys": self = .keys(tenant: tenant, version: 2)
        case "discovery/keys": self = .keys(tenant: tenant, version: 1)
        case "oauth2/v2.0/token": self = .token(tenant: tenant)
        case "oauth2/v2.0/authorize": self = .authorize(tenant: tenant)
        default: self = .unknown
        }
    }

    /// The name that fault rules and records use.
    var label: String {
        switch self {
        case .discovery: "discovery"
        case .keys: "keys"
        case .token: "token"
        case .authorize: "authorize"
        case .insertedMetadata: "inserted-metadata"
        case .identity(let endpoint): endpoint.rawValue
        case .workspace(let endpoint, _): endpoint.rawValue
        case .unknownAPI: "unknown-api"
        case .control: "control"
        case .unknown: "unknown"
        }
    }

    /// Which half of the sandbox answers; `nil` for neither.
    var service: SandboxService? {
        switch self {
        case .discovery, .keys, .token, .authorize, .insertedMetadata: .entra
        case .identity: .identity
        case .workspace, .unknownAPI: .workspace
        case .control, .unknown: nil
        }
    }
}

/// The parts of the sandbox, which can be taken down separately.
package enum SandboxService: String, Sendable, CaseIterable {
    /// The stand-in for Microsoft Entra ID.
    case entra
    /// The stand-in for the managed identity endpoints.
    case identity
    /// The stand-in for the Databricks workspace.
    case workspace
}

/// The five endpoints of the Jobs API (D-01); the raw value is the path below the version.
enum JobsEndpoint: String, Sendable, CaseIterable {
    case list = "jobs/list"
    case runsList = "jobs/runs/list"
    case runsGet = "jobs/runs/get"
    case runsGetOutput = "jobs/runs/get-output"
    case runNow = "jobs/run-now"

    /// The only method the endpoint knows.
    var method: String { self == .runNow ? "POST" : "GET" }
}

/// The versions of the Jobs API that the workspace serves.
enum APIVersion: String, Sendable, CaseIterable {
    case v21 = "2.1"
    case v22 = "2.2"
}
