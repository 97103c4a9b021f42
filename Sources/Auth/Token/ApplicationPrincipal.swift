package import Observability

/// An application that calls for itself, let in by an app role (E-81).
///
/// Holds no token: this server acts for it with a token of its own service principal (E-87), and there is nothing in
/// here that could be exchanged On-Behalf-Of (E-52).
package struct ApplicationPrincipal: Sendable {
    private let identity: VerifiedIdentity
    /// What it may do.
    package let roles: GrantedRoles

    init(_ identity: VerifiedIdentity, roles: GrantedRoles) {
        self.identity = identity
        self.roles = roles
    }

    /// Our tenant.
    package var tenantID: GUID { identity.tenantID }
    /// The service principal's object in the directory (E-89).
    package var objectID: GUID { identity.objectID }
    /// The calling application.
    package var clientID: String? { identity.clientID }
    /// The token's own id (`uti`), as the sign-in log shows it.
    package var tokenID: String? { identity.tokenID }
    /// Who this is, as the log shows it.
    package var facts: CallerFacts { identity.facts }
}

/// Whoever a token speaks for, after it passed every check.
package enum AuthenticatedCaller: Sendable {
    /// A person, through a client application.
    case user(Principal)
    /// An application on its own behalf.
    case application(ApplicationPrincipal)

    /// Our tenant.
    package var tenantID: GUID {
        switch self {
        case .user(let user): user.tenantID
        case .application(let application): application.tenantID
        }
    }

    /// The user's or the service principal's object in the directory.
    package var objectID: GUID {
        switch self {
        case .user(let user): user.objectID
        case .application(let application): application.objectID
        }
    }

    /// The client application.
    package var clientID: String? {
        switch self {
        case .user(let user): user.clientID
        case .application(let application): application.clientID
        }
    }

    /// Who this is, as the log shows it.
    package var facts: CallerFacts {
        switch self {
        case .user(let user): user.facts
        case .application(let application): application.facts
        }
    }

    /// The token's own id (`uti`).
    package var tokenID: String? {
        switch self {
        case .user(let user): user.tokenID
        case .application(let application): application.tokenID
        }
    }
}

/// An application asked for something that its app roles do not cover (E-85).
///
/// A tool error and no 403: there is nothing that a client could request instead.
package struct MissingRole: CallerFacingError, Equatable {
    /// The role that would do.
    package let role: String
    /// The tool that was called.
    package let tool: String
    /// The known roles that the application has.
    package let granted: String

    /// Names the role that would do, what for, and those there are.
    package init(role: String, tool: String, granted: String) {
        self.role = role
        self.tool = tool
        self.granted = granted
    }

    /// What is missing and who can give it.
    package var callerMessage: String {
        "The application role \(role) is required for \(tool). \(nextStep)"
    }

    /// The same with the roles there are.
    package var operatorMessage: String { "app role \(role) missing for \(tool), granted: \(granted)" }

    /// The same for a machine.
    package var details: ErrorDetails { ErrorDetails(category: .permission, nextStep: nextStep) }

    private var nextStep: String {
        "An administrator of the directory must assign it to the calling application."
    }
}
