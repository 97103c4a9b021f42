package import Observability

/// Where this host's platform hands out tokens of managed identities (E-110).
package enum ManagedIdentitySource: Sendable, Equatable {
    /// A service is asked.
    case endpoint(ManagedIdentityEndpoint)
    /// Nobody is asked: a file holds the assertion (AKS).
    case tokenFile(path: String)

    /// The first row of the table that fits.
    ///
    /// - Throws: ``ManagedIdentityRefusal`` for what is recognised and not supported, or not usable (E-110, E-115).
    package init(detectedIn environment: ManagedIdentityEnvironment) throws(ManagedIdentityRefusal) {
        let platform = environment
        switch (platform.identityEndpoint, platform.identityHeader) {
        case (_?, _?) where platform.identityServerThumbprint != nil: throw .serviceFabric
        case (let endpoint?, let header?): self = try Self.appService(endpoint, header)
        case _ where platform.msiEndpoint != nil && platform.msiSecret != nil: throw .machineLearning
        case (_?, nil) where platform.imdsEndpoint != nil: throw .arc
        case _ where platform.hasArcAgent: throw .arc
        case _ where platform.msiEndpoint != nil: throw .cloudShell
        case (_?, nil): throw .headerMissing
        default:
            if let path = platform.federatedTokenFile {
                self = .tokenFile(path: path)
            } else {
                self = try Self.imds(platform.imdsHost)
            }
        }
    }

    private static func appService(_ endpoint: String, _ header: Secret) throws(ManagedIdentityRefusal) -> Self {
        guard PlatformURL(endpoint) != nil else { throw .malformedEndpoint }
        return .endpoint(.appService(url: endpoint, header: header))
    }

    private static func imds(_ text: String?) throws(ManagedIdentityRefusal) -> Self {
        guard let text else { return .endpoint(.imds(host: ManagedIdentityEndpoint.imdsAddress)) }
        guard let url = PlatformURL(text), url.path.isEmpty, url.isEncrypted || url.isLocal else {
            throw .malformedIMDSHost
        }
        return .endpoint(.imds(host: url.origin))
    }
}

/// A service that hands out tokens of managed identities.
package enum ManagedIdentityEndpoint: Sendable, Equatable {
    /// App Service, Functions, Container Apps: an address on this host, and a secret header for it.
    case appService(url: String, header: Secret)
    /// The instance metadata service of a virtual machine; scheme and host.
    case imds(host: String)

    /// The address of the instance metadata service, which is the same on every virtual machine.
    package static let imdsAddress = "http://169.254.169.254"

    /// The name of the endpoint, for logs: one of a closed set.
    package var name: String {
        switch self {
        case .appService: "app_service"
        case .imds: "imds"
        }
    }
}

/// Why no managed identity can be used here; the description is for the operator and holds no value of a variable.
package enum ManagedIdentityRefusal: String, Error, Sendable, CaseIterable {
    /// Recognised, not supported (E-110).
    case serviceFabric, machineLearning, arc, cloudShell
    /// `IDENTITY_ENDPOINT` without what tells which platform it belongs to.
    case headerMissing
    /// `IDENTITY_ENDPOINT` is no address.
    case malformedEndpoint
    /// `AZURE_POD_IDENTITY_AUTHORITY_HOST` is no address, or would take plain HTTP off this machine (E-115).
    case malformedIMDSHost

    /// The variable to report.
    package var variable: String {
        switch self {
        case .serviceFabric, .machineLearning, .arc, .cloudShell: "AZURE_USE_MANAGED_IDENTITY"
        case .headerMissing, .malformedEndpoint: "IDENTITY_ENDPOINT"
        case .malformedIMDSHost: "AZURE_POD_IDENTITY_AUTHORITY_HOST"
        }
    }
}

extension ManagedIdentityRefusal: CustomStringConvertible {
    /// The rest of a sentence about ``variable``: what is wrong, and what to do.
    package var description: String {
        switch self {
        case .serviceFabric: Self.notSupported("Service Fabric", "its identities are behind a certificate of its own")
        case .machineLearning: Self.notSupported("Azure Machine Learning", "its endpoint speaks an outdated protocol")
        case .arc:
            Self.notSupported("Azure Arc", "its machines have a system-assigned identity, which cannot be federated")
        case .cloudShell: Self.notSupported("Cloud Shell", "its tokens are those of the person who opened it")
        case .headerMissing: "is set without IDENTITY_HEADER; unset it, or run where the platform sets both"
        case .malformedEndpoint: "must be an http or https address without user name, query and fragment"
        case .malformedIMDSHost:
            "must be https, or http with a loopback address or 169.254.169.254, and have no path"
        }
    }

    private static func notSupported(_ platform: String, _ reason: String) -> String {
        "\(platform) was recognised and is not supported: \(reason); "
            + "use AZURE_CLIENT_CERTIFICATE_PATH or AZURE_CLIENT_SECRET (E-110)"
    }
}
