/// One of the Microsoft clouds where Azure Databricks is offered (E-40).
///
/// The cloud decides issuer, federation audience and Databricks hosts together; they cannot be mixed (E-41).
package enum EntraCloud: String, Sendable, CaseIterable {
    /// Azure, everywhere but in the clouds below.
    case global
    /// Azure Government of the United States.
    case usGovernment = "us_government"
    /// Azure in China, operated by 21Vianet.
    case china

    /// The application id of Azure Databricks, the same in every cloud.
    package static let databricksResourceID = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"

    /// The cloud whose authority is called `host`, under its present name or an older one (E-40).
    package init?(authorityHost host: String) {
        guard let cloud = Self.allCases.first(where: { $0.authorityHost == host || $0.aliases.contains(host) }) else {
            return nil
        }
        self = cloud
    }

    /// The host that stands in the issuer of this cloud's v2.0 tokens.
    package var authorityHost: String {
        switch self {
        case .global: "login.microsoftonline.com"
        case .usGovernment: "login.microsoftonline.us"
        case .china: "login.partner.microsoftonline.cn"
        }
    }

    /// Other names of the authority that people and platforms still use.
    package var aliases: [String] {
        switch self {
        case .global: ["login.microsoft.com", "login.windows.net", "sts.windows.net"]
        case .usGovernment: ["login-us.microsoftonline.com", "login.usgovcloudapi.net"]
        case .china: ["login.chinacloudapi.cn"]
        }
    }

    /// The host that stands in the issuer of this cloud's v1.0 tokens.
    package var v1IssuerHost: String {
        switch self {
        case .global, .usGovernment: "sts.windows.net"
        case .china: "sts.chinacloudapi.cn"
        }
    }

    /// What Entra ID calls the cloud in its key documents, as `cloud_instance_name` (E-31).
    package var instanceName: String {
        switch self {
        case .global: "microsoftonline.com"
        case .usGovernment: "microsoftonline.us"
        case .china: "partner.microsoftonline.cn"
        }
    }

    /// The audience of federated credentials, for managed identities.
    package var federationAudience: String {
        switch self {
        case .global: "api://AzureADTokenExchange"
        case .usGovernment: "api://AzureADTokenExchangeUSGov"
        case .china: "api://AzureADTokenExchangeChina"
        }
    }

    /// How the names of this cloud's Databricks workspaces end, with the leading dot.
    package var databricksHostSuffix: String {
        switch self {
        case .global: ".azuredatabricks.net"
        case .usGovernment: ".databricks.azure.us"
        case .china: ".databricks.azure.cn"
        }
    }
}
