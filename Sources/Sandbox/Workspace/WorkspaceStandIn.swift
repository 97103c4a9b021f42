internal import JSON
internal import NIOConcurrencyHelpers

/// The stand-in for an Azure Databricks workspace: five endpoints in two versions (D-123).
final class WorkspaceStandIn: Sendable {
    private let configuration: SandboxConfiguration
    private let clock: SandboxClock
    let state: NIOLockedValueBox<WorkspaceState>

    init(configuration: SandboxConfiguration, clock: SandboxClock) {
        self.configuration = configuration
        self.clock = clock
        state = NIOLockedValueBox(Self.freshState(configuration, clock))
    }

    private static func freshState(_ configuration: SandboxConfiguration, _ clock: SandboxClock) -> WorkspaceState {
        var state = WorkspaceState(seed: configuration.seed, options: WorkspaceOptions(configuration))
        state.populate(now: clock.milliseconds)
        return state
    }

    /// Forgets all that happened, and makes the data set anew around the clock's time.
    func reset() {
        let fresh = Self.freshState(configuration, clock)
        state.withLockedValue { $0 = fresh }
    }

    func setURL(_ url: String) { state.withLockedValue { $0.url = url } }

    /// Answers a request below `/api/`; `flags` gets what a test should not overlook.
    func respond(
        to request: SandboxRequest, route: Route, entra: EntraStandIn, flags: inout Set<RecordedRequest.Flag>
    ) -> SandboxReply {
        let requestID = state.withLockedValue { $0.random.uuid() }
        var reply: SandboxReply
        do throws(WorkspaceError) {
            let objectID = try authenticatedObjectID(request, entra, &flags)
            reply = .json(200, try answer(request, route, objectID, &flags))
        } catch {
            reply = error.reply(requestID: requestID, path: request.path)
        }
        reply.setHeader("X-Databricks-Org-Id", SandboxIdentity.workspaceID)
        reply.setHeader("Cache-Control", "no-cache, no-store, must-revalidate")
        return reply
    }

    private func answer(
        _ request: SandboxRequest, _ route: Route, _ objectID: String, _ flags: inout Set<RecordedRequest.Flag>
    ) throws(WorkspaceError) -> JSONValue {
        let outcome = state.withLockedValue { state -> Result<JSONValue, WorkspaceError> in
            do throws(WorkspaceError) {
                guard let member = state.members[objectID] else { throw .notInWorkspace }
                guard case .workspace(let endpoint, let version) = route, request.method == endpoint.method else {
                    throw .unknownEndpoint(request.method, route.apiPath)
                }
                let call = WorkspaceCall(request: request, version: version, member: member, now: clock.milliseconds)
                return .success(try state.answer(call, endpoint))
            } catch {
                return .failure(error)
            }
        }
        if case .failure(let error) = outcome, error.status == 404 { flags.insert(.unknownEndpoint) }
        return try outcome.get()
    }

    /// Lets in only tokens for Databricks that the token endpoint of this sandbox issued (D-100 to D-102, E-177).
    ///
    /// - Returns: The object id of the user or application.
    private func authenticatedObjectID(
        _ request: SandboxRequest, _ entra: EntraStandIn, _ flags: inout Set<RecordedRequest.Flag>
    ) throws(WorkspaceError) -> String {
        guard let text = request.bearerToken else { throw .noCredential }
        guard let token = CompactToken(text) else { throw .invalidToken }
        guard let audience = token.claims["aud"]?.string else { throw .invalidToken }
        guard audience == SandboxIdentity.databricksResourceID else {
            let isInbound = entra.state.withLockedValue { state in
                state.application(SandboxIdentity.apiClientID)?.isNamed(by: audience) == true
            }
            flags.insert(isInbound ? .inboundTokenAtWorkspace : .foreignTokenAtWorkspace)
            throw .foreignAudience(audience)
        }
        guard let objectID = entra.objectID(ofDatabricksToken: token) else { throw .invalidToken }
        return objectID
    }
}

extension EntraStandIn {
    /// Whom a Databricks token stands for; `nil` unless it was issued here, is still valid and was not revoked.
    ///
    /// An expired token gets the same answer as a wrong one (D-107).
    func objectID(ofDatabricksToken token: CompactToken) -> String? {
        state.withLockedValue { state in
            guard let kid = token.header["kid"]?.string, state.keys.entry(kid)?.signed(token) == true,
                let uniqueID = token.claims["uti"]?.string, let issued = state.databricksTokens[uniqueID],
                !issued.isRevoked, issued.expiresAt > clock.seconds
            else { return nil }
            return issued.objectID
        }
    }
}

/// One authenticated call of an endpoint.
struct WorkspaceCall: Sendable {
    let request: SandboxRequest
    let version: APIVersion
    let member: WorkspaceMember
    /// Milliseconds since 1970.
    let now: Int64
}

extension Route {
    /// The path below the API version, as error messages name it.
    fileprivate var apiPath: String {
        switch self {
        case .workspace(let endpoint, _): "/\(endpoint.rawValue)"
        case .unknownAPI(let path): path
        default: "/"
        }
    }
}
