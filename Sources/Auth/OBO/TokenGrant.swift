internal import Observability

/// What is asked of the token endpoint, and for whom.
///
/// An On-Behalf-Of grant can be made of a signed-in user only: an application's own token has another type and never
/// gets here (E-52).
enum TokenGrant: Sendable {
    /// A token for the user that `principal` is, with the claims that the workspace demanded, if it did (E-66).
    case onBehalfOf(Principal, claims: String? = nil)
    /// A token for this server's own application (E-87).
    case clientCredentials

    /// The kinds of grant: a closed set, for logs and metrics.
    enum Kind: String, Sendable, CaseIterable {
        case onBehalfOf = "on_behalf_of"
        case clientCredentials = "client_credentials"

        /// What the attempt is called in the log.
        var name: String {
            switch self {
            case .onBehalfOf: "On-Behalf-Of exchange"
            case .clientCredentials: "application token request"
            }
        }
    }

    var kind: Kind {
        switch self {
        case .onBehalfOf: .onBehalfOf
        case .clientCredentials: .clientCredentials
        }
    }

    /// Whose throttling is whose: however many tokens somebody has, they are one user (E-97).
    var requester: Requester {
        switch self {
        case .onBehalfOf(let principal, _): .user(tenant: principal.tenantID, object: principal.objectID)
        case .clientCredentials: .application
        }
    }

    enum Requester: Sendable, Hashable {
        case user(tenant: GUID, object: GUID)
        case application
    }

    /// The form fields, exactly these (E-50, E-55); `proof` is the server's own.
    ///
    /// No `offline_access`: a refresh token would be one more secret for each user.
    func formFields(clientID: GUID, proof: ClientProof, scope: String) -> [(name: String, value: String)] {
        let client = [("client_id", clientID.description)] + proof.formFields
        switch self {
        case .onBehalfOf(let principal, let claims):
            return [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")] + client + [
                ("assertion", principal.assertion.revealed), ("requested_token_use", "on_behalf_of"), ("scope", scope),
            ] + (claims.map { [("claims", $0)] } ?? [])
        case .clientCredentials:
            return [("grant_type", "client_credentials")] + client + [("scope", scope)]
        }
    }
}
