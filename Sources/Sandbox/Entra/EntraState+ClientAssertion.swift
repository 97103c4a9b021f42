internal import HTTPSyntax
internal import JSON
internal import OpenSSL

// Client assertions (E-174): signed with a registered certificate, or issued by somebody the application trusts.

extension EntraState {
    /// Verifies the client assertion of a token request.
    ///
    /// - Returns: What kind of credential it is.
    /// - Throws: ``EntraError`` with 50027, 700021 to 700027, 70021, 700211 to 700213, 700229, 1000502 or 7002138.
    mutating func check(
        assertionOf application: Application, _ form: TokenForm, now: Int64
    ) throws(EntraError) -> AuthenticatedClient.Credential {
        let type = try form.required("client_assertion_type")
        guard type == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" else {
            throw EntraError(9_002_313, "The value of 'client_assertion_type' is not supported.")
        }
        let text = try form.required("client_assertion")
        guard !application.isPublic else { throw .publicClient }
        guard let assertion = CompactToken(text) else { throw EntraError(50027) }
        guard let issuer = assertion.claims["iss"]?.string, assertion.claims["sub"]?.string != nil else {
            throw EntraError(50027, "The client assertion has no 'iss' or no 'sub'.")
        }
        if isUUID(issuer) {
            try checkSigned(assertion, by: application, now: now)
            return .certificate
        }
        try checkFederated(assertion, issuer, of: application, now: now)
        return .federated
    }

    // MARK: Certificates

    /// PS256 with `x5t#S256`, or the older RS256 with `x5t`; issuer and subject are the client, the audience is this endpoint.
    private func checkSigned(
        _ assertion: CompactToken, by application: Application, now: Int64
    ) throws(EntraError) {
        let certificate = try certificate(of: assertion, application)
        guard certificate.validFrom <= now, now <= certificate.validUntil else { throw EntraError(1_000_502) }
        guard try isSigned(assertion, with: certificate.publicKey) else {
            throw EntraError(700027, "The signature of the client assertion is not valid.")
        }
        let claims = assertion.claims
        let names = [claims["iss"]?.string, claims["sub"]?.string].map { $0?.lowercased() }
        guard names.allSatisfy({ $0 == application.clientID }) else { throw EntraError(700021) }
        guard claims["aud"]?.isString(address.tokenEndpoint) == true else { throw EntraError(700023) }
        guard claims["jti"]?.string?.isEmpty == false else {
            throw EntraError(50027, "The client assertion has no 'jti'.")
        }
        try checkTimes(claims, now: now)
    }

    private func certificate(
        of assertion: CompactToken, _ application: Application
    ) throws(EntraError) -> X509Certificate {
        let header = assertion.header
        let sha256 = header["x5t#S256"]?.string.flatMap { Base64URL.decode(strictly: $0) }
        let sha1 = header["x5t"]?.string.flatMap { Base64URL.decode(strictly: $0) }
        let found = application.certificates.first { certificate in
            if let sha256 { return certificate.sha256Thumbprint == sha256 }
            return sha1.map { certificate.sha1Thumbprint == $0 } ?? false
        }
        guard let found else {
            throw EntraError(700027, "The certificate of the client assertion is not registered for the application.")
        }
        return found
    }

    private func isSigned(_ assertion: CompactToken, with key: VerificationKey) throws(EntraError) -> Bool {
        let (signature, signed) = (assertion.signature, assertion.signedBytes)
        do throws(CryptoError) {
            switch assertion.header["alg"]?.string {
            case "PS256": return try key.isValid(pssSignature: signature, of: signed)
            case "RS256": return try key.isValid(signature: signature, of: signed)
            default: break
            }
        } catch {
            throw EntraError(90033, "Verifying failed: \(error)")
        }
        throw EntraError(50027, "The algorithm of the client assertion must be PS256 or RS256.")
    }

    private func checkTimes(_ claims: JSONElement, now: Int64) throws(EntraError) {
        guard let start = claims["nbf"]?.integer, let end = claims["exp"]?.integer else {
            throw EntraError(50027, "The client assertion has no 'nbf' or no 'exp'.")
        }
        guard start <= now + 300, now < end else { throw EntraError(700024) }
    }

    // MARK: Federated credentials

    private mutating func checkFederated(
        _ assertion: CompactToken, _ issuer: String, of application: Application, now: Int64
    ) throws(EntraError) {
        let credentials = application.federatedCredentials
        guard !credentials.isEmpty else { throw EntraError(70021) }
        let trusted = credentials.indices.filter { address.resolved(credentials[$0].issuer) == issuer }
        guard !trusted.isEmpty else { throw EntraError(700211) }
        let isOurs = [address.issuer(version: 1), address.issuer(version: 2)].contains(issuer)
        guard try isOurs ? hasTenantSignature(assertion) : hasClusterSignature(assertion, issuer) else {
            throw EntraError(700027, "The signature of the client assertion is not valid.")
        }
        if isOurs, assertion.claims["idtyp"]?.isString("app") != true { throw EntraError(700229) }
        try checkTimes(assertion.claims, now: now)
        let index = try match(assertion.claims, trusted, credentials)
        guard let position = applications.firstIndex(where: { $0.clientID == application.clientID }) else { return }
        if credentials[index].pendingRequests > 0 {
            applications[position].federatedCredentials[index].pendingRequests -= 1
            throw EntraError(70021)
        }
        guard credentials[index].activeFrom <= now else { throw EntraError(70021) }
    }

    private func hasTenantSignature(_ assertion: CompactToken) throws(EntraError) -> Bool {
        guard let entry = assertion.header["kid"]?.string.flatMap({ keys.entry($0) }) else { return false }
        return assertion.header["alg"]?.isString("RS256") == true && entry.signed(assertion)
    }

    private func hasClusterSignature(_ assertion: CompactToken, _ issuer: String) throws(EntraError) -> Bool {
        guard issuer == address.clusterIssuer, assertion.header["alg"]?.isString("RS256") == true else { return false }
        let key: SigningKey
        do throws(CryptoError) { key = try SigningKeyPool.key(SigningKeyPool.clusterIndex) } catch {
            throw EntraError(90033)
        }
        guard let verifier = try? VerificationKey(modulus: key.modulus, exponent: key.exponent) else { return false }
        return (try? verifier.isValid(signature: assertion.signature, of: assertion.signedBytes)) ?? false
    }

    /// The credential that audience and subject match exactly, among those of the issuer.
    private func match(
        _ claims: JSONElement, _ trusted: [Int], _ credentials: [FederatedCredential]
    ) throws(EntraError) -> Int {
        let audience = claims["aud"]
        // Kubernetes writes a list even when there is only one audience.
        let name = audience?.string ?? (audience?.count == 1 ? audience?[0]?.string : nil)
        let forAudience = trusted.filter { credentials[$0].audience == name }
        guard !forAudience.isEmpty else { throw EntraError(700212) }
        let subject = claims["sub"]?.string ?? ""
        if let index = forAudience.first(where: { credentials[$0].subject == subject }) { return index }
        let differsInCase = forAudience.contains { credentials[$0].subject.lowercased() == subject.lowercased() }
        throw EntraError(differsInCase ? 7_002_138 : 700213)
    }
}
