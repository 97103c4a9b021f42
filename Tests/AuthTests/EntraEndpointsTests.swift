internal import Auth
internal import Testing

@Suite(.quietLog) struct EntraEndpointsTests {
    @Test("Derives every address of the public cloud from the tenant (E-30)")
    func publicCloud() throws {
        let endpoints = try EntraEndpoints(tenantID: Fixed.tenant.uppercased())
        let base = "https://login.microsoftonline.com/\(Fixed.tenant)"

        #expect(endpoints.cloud == .global)
        #expect(endpoints.issuer == "\(base)/v2.0")
        #expect(endpoints.tokenEndpoint == "\(base)/oauth2/v2.0/token")
        #expect(endpoints.jwksURL == "\(base)/discovery/v2.0/keys")
        #expect(endpoints.v1JWKSURL == "\(base)/discovery/keys")
        #expect(endpoints.discoveryURL == "\(base)/v2.0/.well-known/openid-configuration")
        #expect(endpoints.v1Issuer == "https://sts.windows.net/\(Fixed.tenant)/")
        #expect(endpoints.databricksScope == "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default")
        #expect(!endpoints.isStandIn)
    }

    @Test(
        "Maps every known authority host to its cloud's issuer (1.4, E-40)",
        arguments: [
            ("login.microsoftonline.com", EntraCloud.global, "https://login.microsoftonline.com"),
            ("https://login.microsoftonline.com/", .global, "https://login.microsoftonline.com"),
            ("login.microsoft.com", .global, "https://login.microsoftonline.com"),
            ("login.windows.net", .global, "https://login.microsoftonline.com"),
            ("sts.windows.net", .global, "https://login.microsoftonline.com"),
            ("LOGIN.MICROSOFTONLINE.US", .usGovernment, "https://login.microsoftonline.us"),
            ("login-us.microsoftonline.com", .usGovernment, "https://login.microsoftonline.us"),
            ("login.usgovcloudapi.net", .usGovernment, "https://login.microsoftonline.us"),
            ("login.partner.microsoftonline.cn", .china, "https://login.partner.microsoftonline.cn"),
            ("https://login.chinacloudapi.cn", .china, "https://login.partner.microsoftonline.cn"),
        ])
    func clouds(host: String, cloud: EntraCloud, authority: String) throws {
        let endpoints = try EntraEndpoints(authorityHost: host, tenantID: Fixed.tenant)
        #expect(endpoints.cloud == cloud)
        #expect(endpoints.authority == authority)
        #expect(endpoints.issuer == "\(authority)/\(Fixed.tenant)/v2.0")
    }

    @Test("Decides federation audience, Databricks hosts and v1 issuer with the cloud (E-41)")
    func cloudFacts() {
        #expect(
            EntraCloud.allCases.map(\.federationAudience) == [
                "api://AzureADTokenExchange", "api://AzureADTokenExchangeUSGov", "api://AzureADTokenExchangeChina",
            ])
        #expect(
            EntraCloud.allCases.map(\.databricksHostSuffix) == [
                ".azuredatabricks.net", ".databricks.azure.us", ".databricks.azure.cn",
            ])
        #expect(EntraCloud.china.v1IssuerHost == "sts.chinacloudapi.cn")
    }

    @Test(
        "Attaches to a stand-in over plain HTTP on loopback only (K-30)",
        arguments: ["http://127.0.0.1:9100", "http://localhost:9100/", "http://[::1]:9100"])
    func loopback(host: String) throws {
        let endpoints = try EntraEndpoints(authorityHost: host, tenantID: Fixed.tenant)
        let authority = host.hasSuffix("/") ? String(host.dropLast()) : host
        #expect(endpoints.isStandIn)
        #expect(endpoints.issuer == "\(authority)/\(Fixed.tenant)/v2.0")
        #expect(endpoints.tokenEndpoint == "\(authority)/\(Fixed.tenant)/oauth2/v2.0/token")
    }

    @Test(
        "Refuses settings that cannot work, by name and with the fix (E-10, E-40, E-157)",
        arguments: [
            ("login.microsoftonline.com", "contoso.onmicrosoft.com", EntraSettingError.Problem.tenantNotGUID),
            ("login.microsoftonline.com", "", .tenantNotGUID),
            ("login.microsoftonline.com", "{\(Fixed.tenant)}", .tenantNotGUID),
            ("login.microsoftonline.com", "common", .sharedTenant),
            ("login.microsoftonline.com", "Organizations", .sharedTenant),
            ("login.microsoftonline.com", "consumers", .sharedTenant),
            ("http://login.microsoftonline.com", Fixed.tenant, .plainHTTP),
            ("http://127.0.0.1.evil.example", Fixed.tenant, .plainHTTP),
            ("sts.example.com", Fixed.tenant, .unknownAuthority),
            ("https://login.microsoftonline.com.evil.example", Fixed.tenant, .unknownAuthority),
            ("https://user@login.microsoftonline.com", Fixed.tenant, .malformedAuthority),
            ("https://login.microsoftonline.com/tenant", Fixed.tenant, .malformedAuthority),
            ("https://login.microsoftonline.com:port", Fixed.tenant, .malformedAuthority),
            ("", Fixed.tenant, .malformedAuthority),
            ("ftp://login.microsoftonline.com", Fixed.tenant, .malformedAuthority),
        ])
    func refuses(host: String, tenant: String, problem: EntraSettingError.Problem) {
        let error = #expect(throws: EntraSettingError.self) {
            try EntraEndpoints(authorityHost: host, tenantID: tenant)
        }
        #expect(error?.problem == problem)
        #expect(
            error?.variable
                == (problem == .tenantNotGUID || problem == .sharedTenant ? "AZURE_TENANT_ID" : "AZURE_AUTHORITY_HOST"))
        #expect(error?.description.isEmpty == false)
    }

    @Test("Accepts another authority when told so (E-40)")
    func unknownAuthority() throws {
        let endpoints = try EntraEndpoints(
            authorityHost: "https://sts.example.com:8443", tenantID: Fixed.tenant, allowsUnknownAuthority: true)
        #expect(endpoints.isStandIn)
        #expect(endpoints.issuer == "https://sts.example.com:8443/\(Fixed.tenant)/v2.0")
        #expect(endpoints.v1Issuer == "https://sts.example.com:8443/\(Fixed.tenant)/")
    }
}
