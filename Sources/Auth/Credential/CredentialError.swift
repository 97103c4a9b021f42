/// Why this server has no proof of its identity at the moment (E-118).
package struct CredentialError: Error, Sendable {
    /// A closed list: each case is a metric label, an operator's search term and a row in a test.
    package enum Problem: String, Sendable, CaseIterable {
        /// The platform answered: no such identity on this host, or a resource it does not know.
        case identityNotAssigned = "identity_not_assigned"
        /// The platform refused this process.
        case unauthorized
        /// There is no managed identity endpoint where one should be.
        case noEndpoint = "no_endpoint"
        /// The endpoint is busy, being updated or in trouble.
        case unavailable
        /// The endpoint answered with something that is no token.
        case unusableAnswer = "unusable_answer"
        /// A token file is missing, empty or too long, or holds no token.
        case unusableFile = "unusable_file"
        /// The assertion could not be signed.
        case signingFailed = "signing_failed"
        /// The caller's time was over first.
        case tooSlow = "too_slow"
    }

    /// What is wrong.
    package let problem: Problem
    /// What was seen, cleaned, for the log.
    package let detail: String
    /// How long until it is worth asking again; `nil` for at once.
    package internal(set) var retryAfter: Duration?

    /// - Parameters:
    ///   - problem: What is wrong.
    ///   - detail: What was seen, cleaned.
    ///   - retryAfter: How long until it is worth asking again.
    package init(_ problem: Problem, detail: String = "", retryAfter: Duration? = nil) {
        self.problem = problem
        self.detail = detail
        self.retryAfter = retryAfter
    }

    /// What it means for the caller: the operator's mistake, or a fault that passes.
    package var failureClass: EntraFailureClass {
        switch problem {
        case .identityNotAssigned, .unauthorized, .noEndpoint, .unusableFile, .signingFailed: .configuration
        case .unavailable, .unusableAnswer, .tooSlow: .transient
        }
    }

    /// One short sentence without quotes: for the operator, and for the answer of the readiness probe.
    package var summary: String {
        switch problem {
        case .identityNotAssigned: "the managed identity is not assigned to this host"
        case .unauthorized: "the managed identity endpoint refuses this process"
        case .noEndpoint: "there is no managed identity endpoint here"
        case .unavailable: "the managed identity endpoint is not available"
        case .unusableAnswer: "the managed identity endpoint gave no usable token"
        case .unusableFile: "the federated token file holds no usable token"
        case .signingFailed: "the client assertion cannot be signed"
        case .tooSlow: "the managed identity endpoint is slow"
        }
    }

    /// What the operator should look at.
    package var remedy: String {
        switch problem {
        case .identityNotAssigned:
            "Assign the user-assigned identity to this host and set AZURE_MANAGED_IDENTITY_CLIENT_ID to its client id."
        case .unauthorized: "Restart the server: the platform has changed IDENTITY_HEADER."
        case .noEndpoint:
            "Managed identity works on Azure only; elsewhere use AZURE_CLIENT_CERTIFICATE_PATH or AZURE_CLIENT_SECRET."
        case .unavailable, .unusableAnswer, .tooSlow: "If it lasts, look at the platform's managed identity service."
        case .unusableFile: "Look at the file that AZURE_FEDERATED_TOKEN_FILE names, and at what renews it."
        case .signingFailed: "Look at the certificate that AZURE_CLIENT_CERTIFICATE_PATH names."
        }
    }
}
