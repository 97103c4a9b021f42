/// What an error answer of the token endpoint means, decided in the order of docs/requirements/exchange.md.
package struct EntraFailure: Sendable, Equatable {
    /// What to do about it.
    package let failureClass: EntraFailureClass
    /// The code that decided, or the first one if none is in the table.
    package let code: Int?
    /// Whether the code is in the table; others are logged once each (E-74).
    package let isKnownCode: Bool
    /// One line for the caller.
    package let message: String
    /// For the operator: what it is and what to change, where that is known.
    package let remedy: String?
    /// Which other proof of this server's identity can help, if any (E-71).
    package let cure: EntraErrorTable.Cure?
    /// Whether Entra ID accuses this server of asking in a loop.
    package let isLoop: Bool

    /// Decides by (1) a claims challenge, (2) the table, (3) `error` and `suberror`, (4) the HTTP status.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - body: The answer's body, of any kind.
    package init(status: Int, body: [UInt8]) {
        self.init(status: status, body: EntraErrorBody(parsing: body) ?? .unreadable)
    }

    init(status: Int, body: EntraErrorBody) {
        let known = EntraErrorTable.row(for: body.codes)
        let failureClass =
            body.claims != nil
            ? .interact
            : known?.row.failureClass ?? Self.failureClass(error: body.error, suberror: body.suberror)
                ?? Self.failureClass(status: status)
        self.failureClass = failureClass
        code = known?.code ?? body.codes.first
        isKnownCode = known != nil || body.codes.isEmpty
        cure = known?.row.cure
        isLoop = known?.row.isLoop ?? false
        // The table's words fit only while its class holds; a claims challenge may have overruled it. What an operator
        // must change is not for the caller (E-77).
        let isTablesClass = known?.row.failureClass == failureClass
        let words = isTablesClass ? known?.row.message : nil
        message = failureClass == .configuration ? failureClass.generalMessage : words ?? failureClass.generalMessage
        let isForOperator = isTablesClass && (failureClass == .configuration || known?.row.remedy != nil)
        remedy = isForOperator ? [words, known?.row.remedy].compactMap { $0 }.joined(separator: " ") : nil
    }

    private static func failureClass(error: String?, suberror: String?) -> EntraFailureClass? {
        switch error {
        case "interaction_required", "login_required": .interact
        case "invalid_grant": failureClass(suberrorOfInvalidGrant: suberror)
        case "consent_required": .consent
        case "invalid_client", "unauthorized_client", "invalid_scope", "invalid_resource", "invalid_request",
            "unsupported_grant_type", "invalid_target":
            .configuration
        case "temporarily_unavailable", "server_error": .transient
        default: nil
        }
    }

    /// The suberrors that Microsoft's own library tells apart; all others ask for interaction.
    private static func failureClass(suberrorOfInvalidGrant suberror: String?) -> EntraFailureClass {
        switch suberror {
        case "consent_required": .consent
        case "bad_token", "token_expired": .reauthenticate
        case "client_mismatch": .configuration
        case "protection_policy_required": .denied
        default: .interact
        }
    }

    private static func failureClass(status: Int) -> EntraFailureClass {
        switch status {
        case 429: .throttled
        case 408, 500...: .transient
        default: .configuration
        }
    }
}
