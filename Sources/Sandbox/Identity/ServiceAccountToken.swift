internal import JSON
internal import OpenSSL

extension EntraState {
    /// A projected service-account token of the stand-in cluster, as the AKS webhook mounts it (E-112).
    mutating func serviceAccountToken(
        lifetime: Int64, overrides: [String: JSONValue], now: Int64
    ) throws(CryptoError) -> String {
        let names = SandboxIdentity.serviceAccount.split(separator: ":").map(String.init)
        var claims = Members([
            // Kubernetes writes the audience as a list.
            "aud": [.string(SandboxIdentity.tokenExchangeAudience)], "exp": .integer(now + lifetime),
            "iat": .integer(now), "iss": .string(address.clusterIssuer), "jti": .string(random.uuid()),
        ])
        let pod: JSONValue = ["name": "databricks-jobs-mcp-0", "uid": .string(random.uuid())]
        let account: JSONValue = ["name": .string(names[3]), "uid": .string(random.uuid())]
        claims.add(
            "kubernetes.io", ["namespace": .string(names[2]), "pod": pod, "serviceaccount": account])
        claims.append(Members(["nbf": .integer(now), "sub": .string(SandboxIdentity.serviceAccount)]))
        return try CompactToken.encode(
            header: Members(["alg": "RS256", "kid": "aks-2026"]),
            claims: claims.overridden(by: Members(sortedByName: overrides)),
            key: try SigningKeyPool.key(SigningKeyPool.clusterIndex))
    }
}
