/// Settings that all requests of one ``CurlTransport`` share.
package struct TransportConfiguration: Sendable {
    /// A PEM file with the certificate authorities to trust instead of the system's; `nil` trusts the system's.
    package var caFile: String?

    /// How many connections to one host may be open at a time; further requests wait, within their timeout.
    package var maximumConnectionsPerHost: Int

    /// The `User-Agent` field; `nil` sends none.
    package var userAgent: String?

    /// How long an idle connection may be used again.
    ///
    /// Load balancers drop idle connections after some minutes.
    package var idleConnectionLifetime: Duration

    /// Describes a transport.
    ///
    /// - Parameters:
    ///   - caFile: A PEM file with certificate authorities, instead of the system's.
    ///   - maximumConnectionsPerHost: At least 1.
    ///   - userAgent: The `User-Agent` field.
    ///   - idleConnectionLifetime: How long an idle connection may be used again, in whole seconds.
    package init(
        caFile: String? = nil, maximumConnectionsPerHost: Int = 64, userAgent: String? = nil,
        idleConnectionLifetime: Duration = .seconds(60)
    ) {
        self.caFile = caFile
        self.maximumConnectionsPerHost = maximumConnectionsPerHost
        self.userAgent = userAgent
        self.idleConnectionLifetime = idleConnectionLifetime
    }
}
