internal import OpenSSL

/// Why a managed identity endpoint gives no token.
struct IdentityRefusal: Error, Sendable {
    let status: Int
    let code: String
    let message: String

    init(_ status: Int, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }
}

extension IdentityEndpoint {
    /// Checks a request as the platform does.
    ///
    /// - Returns: The resource that a token is wanted for.
    func check(
        _ request: SandboxRequest, _ options: ManagedIdentityOptions
    ) throws(IdentityRefusal) -> String {
        guard request.method == method else { throw IdentityRefusal(405, "method_not_allowed", "Use \(method).") }
        try checkHeaders(request, options)
        guard let fields = method == "POST" ? request.form : request.query, fields.repeatedName == nil else {
            throw IdentityRefusal(400, "invalid_request", "The parameters are malformed.")
        }
        if let apiVersion, fields["api-version"] != apiVersion {
            throw IdentityRefusal(
                400, self == .serviceFabric ? "InvalidApiVersion" : "invalid_request",
                "The api-version is missing or not supported.")
        }
        guard let resource = fields["resource"], !resource.isEmpty else {
            throw IdentityRefusal(
                400, self == .serviceFabric ? "ArgumentNullOrEmpty" : "invalid_request", "The resource is missing.")
        }
        try checkIdentity(fields)
        guard resource == SandboxIdentity.tokenExchangeAudience else {
            // App Service explains nothing here.
            throw self == .instanceMetadata
                ? IdentityRefusal(400, "invalid_resource", "The resource principal was not found in the tenant.")
                : IdentityRefusal(500, "InternalServerError", "An unexpected error occurred.")
        }
        return resource
    }

    private func checkHeaders(
        _ request: SandboxRequest, _ options: ManagedIdentityOptions
    ) throws(IdentityRefusal) {
        if let secretHeader {
            guard let value = request.header(secretHeader), constantTimeEqual(value, options.header) else {
                throw IdentityRefusal(401, "SecretHeaderNotFound", "The header '\(secretHeader)' is missing or wrong.")
            }
        }
        if needsMetadataHeader {
            guard request.header("Metadata") == "true" else {
                throw IdentityRefusal(400, "invalid_request", "Required metadata header not specified")
            }
            guard request.headerValues("X-Forwarded-For").isEmpty else {
                throw IdentityRefusal(400, "invalid_request", "Forwarded requests are refused.")
            }
        }
    }

    /// The one identity is user-assigned: IMDS gives it to a request that names none, App Service does not.
    private func checkIdentity(_ fields: [FormField]) throws(IdentityRefusal) {
        let code = self == .serviceFabric ? "ManagedIdentityNotFound" : "invalid_request"
        let principal = fields["object_id"] ?? fields["principal_id"]
        let named = fields[identityParameter].map { $0.lowercased() == SandboxIdentity.identityClientID }
        let isOurs = named ?? principal.map { $0.lowercased() == SandboxIdentity.identityPrincipalID }
        guard isOurs ?? (self != .appService && self != .machineLearning) else {
            let text =
                self == .instanceMetadata
                ? "Identity not found" : "No managed identity with the given client id is assigned."
            throw IdentityRefusal(400, code, text)
        }
    }
}

extension SandboxRequest {
    var hasArcKey: Bool { header("Authorization") == "Basic \(IdentityStandIn.arcKey)" }
}
