/// Who a token speaks for.
///
/// Mistaking one kind for another is how access control fails, so the marks are strict.
enum CallerKind: Sendable, Equatable {
    /// A person, through a client application.
    case user
    /// An application on its own behalf (E-83).
    case application
    /// Nobody: a client's proof of sign-in, not meant for us (E-13).
    case idToken
    /// Both at once, which Entra ID never issues (E-84).
    case contradictory

    init(_ claims: TokenClaims) {
        let isMarkedApplication = claims.kind == "app"
        guard claims.scopes == nil else {
            self = isMarkedApplication ? .contradictory : .user
            return
        }
        if isMarkedApplication {
            self = .application
        } else if claims.clientID == nil || claims.hasIDTokenMark {
            self = .idToken
        } else {
            self = Self.hasEveryApplicationMark(claims) ? .application : .user
        }
    }

    /// What must hold when the optional claim `idtyp` is absent: roles alone also occur in tokens of users (E-82).
    private static func hasEveryApplicationMark(_ claims: TokenClaims) -> Bool {
        claims.kind == nil && !claims.roles.isEmpty && ["1", "2"].contains(claims.clientAuthentication)
            && claims.account == nil && !claims.hasPersonalName
    }
}
