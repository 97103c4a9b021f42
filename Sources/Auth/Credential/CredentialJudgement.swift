internal import Observability

/// What is known about this server's own identity without a user (E-73).
///
/// The one judgement behind `check`, readiness and the log.
package enum CredentialJudgement: Sendable {
    /// Entra ID has issued a token to this application.
    case accepted
    /// There is a proof; Entra ID was not asked about it, because no application may call.
    case notAsked
    /// There is nothing to prove the identity with.
    case noProof(CredentialError)
    /// The proof is the managed identity's, and `AZURE_CLIENT_ID` names that identity instead of the app registration.
    case namesTheIdentity
    /// Entra ID refuses this application, or what it asks for: every user's exchange would be refused as well.
    case refused(OBOError)
    /// What Entra ID answered, or did not, says nothing about users' exchanges.
    case undecided(OBOError)

    /// Judges by the outcome of the application's own request, by its class alone: a fault that passes, and a policy
    /// about applications' own calls, keep no user out.
    init(_ failure: OBOError) {
        self = failure.failureClass == .configuration ? .refused(failure) : .undecided(failure)
    }

    /// Whether no user can be served before somebody mends something.
    package var isObstacle: Bool {
        switch self {
        case .accepted, .notAsked, .undecided: false
        case .noProof, .namesTheIdentity, .refused: true
        }
    }

    /// Whether asking again may bring another judgement.
    var isWorthRepeating: Bool {
        switch self {
        case .accepted, .notAsked: false
        case .noProof, .namesTheIdentity, .refused: true
        case .undecided(let failure): failure.details.retryable
        }
    }

    /// How long the platform wants to be left alone before it is asked again.
    var retryAfter: Duration? {
        switch self {
        case .noProof(let error): error.retryAfter
        case .undecided(let failure): failure.retryAfterSeconds.map { .seconds($0) }
        case .accepted, .notAsked, .namesTheIdentity, .refused: nil
        }
    }

    /// What is wrong, in one short sentence without quotes that is fit for an answer; `nil` when nothing is.
    package var problem: String? {
        switch self {
        case .accepted, .notAsked: nil
        case .noProof(let error): error.summary
        case .namesTheIdentity: "AZURE_CLIENT_ID is the client id of the managed identity"
        case .refused(let failure): "Entra ID refuses it (\(failure.codeOrStatus))"
        case .undecided(let failure): "Entra ID has not accepted it yet (\(failure.codeOrStatus))"
        }
    }

    /// What the operator should do about it, where that is known.
    package var remedy: String? {
        switch self {
        case .accepted, .notAsked: nil
        case .noProof(let error): error.remedy
        case .namesTheIdentity:
            "Set AZURE_CLIENT_ID, or MCP_CLIENT_ID, to the application id of the app registration that trusts the "
                + "identity; the identity's own belongs into AZURE_MANAGED_IDENTITY_CLIENT_ID."
        case .refused(let failure):
            failure.remedy
                ?? "Look the code up at https://login.microsoftonline.com/error, and the request in the sign-in log."
        case .undecided(let failure):
            failure.remedy ?? failure.httpStatus.map { _ in "If it lasts, look at the status page of Entra ID." }
        }
    }
}

extension OBOError {
    /// By what an operator finds the answer on the troubleshooting page.
    fileprivate var codeOrStatus: String {
        code.map { "AADSTS\($0)" } ?? httpStatus.map { "status \($0)" } ?? "no answer"
    }
}

/// Finds out about this server's own identity: makes the proof, and has Entra ID look at it where that is allowed.
package struct CredentialProbe: Sendable {
    private let credential: any ClientCredential
    private let clientID: GUID
    private let applicationTokens: ApplicationTokenCache?
    private let time: TimeSource

    /// - Parameters:
    ///   - credential: What is looked at.
    ///   - clientID: The app registration that it must prove.
    ///   - applicationTokens: Asked for a token; `nil` where no application may call, so that none is requested (E-73).
    ///   - time: The clocks.
    package init(
        credential: some ClientCredential, clientID: GUID, applicationTokens: ApplicationTokenCache?,
        time: TimeSource = .system
    ) {
        self.credential = credential
        self.clientID = clientID
        self.applicationTokens = applicationTokens
        self.time = time
    }

    /// Looks once, within ``TokenEndpoint/budget``.
    package func judge() async -> CredentialJudgement {
        let deadline = time.now() + TokenEndpoint.budget
        do throws(CredentialError) {
            let proof = try await credential.proof(deadline: deadline)
            if proof.isAssertion, AssertionClaims(proof.value.revealed)?.client == clientID { return .namesTheIdentity }
        } catch {
            return .noProof(error)
        }
        guard let applicationTokens else { return .notAsked }
        do {
            _ = try await applicationTokens.token(deadline: deadline)
            return .accepted
        } catch let error as OBOError {
            return CredentialJudgement(error)
        } catch {
            return .undecided(
                OBOError(.transient, detail: "cancelled", reference: .current, grant: .clientCredentials))
        }
    }
}
