internal import Observability

/// What a failure of Entra ID's token endpoint means for those concerned (E-74).
package enum EntraFailureClass: String, Sendable, CaseIterable {
    /// The client must fetch a new token for this server.
    case reauthenticate
    /// The user must satisfy a sign-in policy.
    case interact
    /// A permission was not consented to.
    case consent
    /// A policy says no; only an administrator can change that.
    case denied
    /// The operator of this server made a mistake.
    case configuration
    /// A fault that passes.
    case transient
    /// Too many requests.
    case throttled
    /// An answer that is none (E-53).
    case protocolError = "protocol_error"

    /// Whether the answer is about this user and will be the same for a while (E-67).
    var isAboutTheUser: Bool {
        switch self {
        case .reauthenticate, .interact, .consent, .denied: true
        case .configuration, .transient, .throttled, .protocolError: false
        }
    }

    /// Whether it is a person who can mend it by signing in.
    var asksForSignIn: Bool { self == .reauthenticate || self == .interact }

    /// What a caller reads when the code itself is not known.
    var generalMessage: String {
        switch self {
        case .reauthenticate: "Your sign-in to this server is no longer valid. Sign in again."
        case .interact: "An additional sign-in step of your organisation is required. Sign in again."
        case .consent: "This server lacks permission to call Databricks for you. An administrator must grant consent."
        case .denied: "A sign-in policy of your organisation blocks access to Databricks. Ask your administrator."
        case .configuration: "This server is not set up correctly for access to Databricks. Tell its operator."
        case .transient: "Entra is temporarily unavailable. Try again."
        case .throttled: "Entra is throttling this server. Try again later."
        case .protocolError: "Entra gave an answer that this server does not understand. Try again."
        }
    }

    /// The category of the machine-readable error (K-12).
    var category: ErrorDetails.Category {
        switch self {
        case .reauthenticate: .auth
        case .interact: .interaction
        case .consent: .consent
        case .denied: .permission
        case .configuration: .configuration
        case .transient, .protocolError: .unavailable
        case .throttled: .rateLimited
        }
    }

    /// The next step for whoever reads the error by machine.
    var nextStep: String {
        switch self {
        case .reauthenticate, .interact: "Sign in again in the client, then repeat the call."
        case .consent: "Ask an administrator to grant consent, then repeat the call."
        case .denied: "Ask an administrator of the organisation."
        case .configuration: "Tell the operator of this server."
        case .transient, .protocolError: "Repeat the call."
        case .throttled: "Wait, then repeat the call."
        }
    }
}
