internal import HTTPTransport
internal import Jobs
internal import NIOConcurrencyHelpers
internal import Observability

/// Answers from a closure where no server is needed: tables of bodies, and failures that no server makes on purpose.
final class ScriptedTransport: HTTPSending {
    typealias Script = @Sendable (_ request: HTTPRequest, _ number: Int) -> Result<HTTPResponse, TransportError>

    private let script: Script
    private let sent = NIOLockedValueBox<[HTTPRequest]>([])

    init(_ script: @escaping Script) { self.script = script }

    /// Always the same answer.
    convenience init(_ body: String, status: Int = 200, headers: HeaderList = [:]) {
        self.init { _, _ in .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8))) }
    }

    /// One answer after the other; the last one stays.
    convenience init(_ answers: [Result<HTTPResponse, TransportError>]) {
        self.init { _, number in answers[min(number, answers.count - 1)] }
    }

    var requests: [HTTPRequest] { sent.withLockedValue { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let number = sent.withLockedValue { requests in
            requests.append(request)
            return requests.count - 1
        }
        return try script(request, number).get()
    }
}

extension Result where Success == HTTPResponse, Failure == TransportError {
    static func answer(_ status: Int, headers: HeaderList = [:], _ body: String) -> Self {
        .success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
    }

    static func failure(_ kind: TransportError.Kind, sent: Bool) -> Self {
        .failure(TransportError(kind, requestWasSent: sent))
    }
}

/// Hands out `token-1`, `token-2`, …: the next one after each that was discarded.
final class NumberedTokens: WorkspaceTokenProviding {
    private let current = NIOLockedValueBox<UInt64>(1)
    private let asked = NIOLockedValueBox(0)
    private let supply: Int
    let identity: WorkspaceIdentity
    private let permitted: Set<JobsAccess>

    /// Hands out tokens `supply` times and fails after that.
    init(
        supply: Int = .max, identity: WorkspaceIdentity = .signedInUser, permitted: Set<JobsAccess> = [.read, .run]
    ) {
        self.supply = supply
        self.identity = identity
        self.permitted = permitted
    }

    /// What ``require(_:)`` fails with.
    struct Forbidden: CallerFacingError {
        var callerMessage: String { "not permitted" }
        var operatorMessage: String { "not permitted" }
        var details: ErrorDetails { ErrorDetails(category: .permission) }
    }

    func require(_ access: JobsAccess) throws { if !permitted.contains(access) { throw Forbidden() } }

    /// What a provider fails with.
    struct Exhausted: Error {}

    /// How often a token was asked for.
    var requested: Int { asked.withLockedValue { $0 } }
    /// How many tokens were discarded.
    var discarded: Int { Int(current.withLockedValue { $0 }) - 1 }

    func workspaceToken(deadline: ContinuousClock.Instant) async throws -> WorkspaceToken {
        let count = asked.withLockedValue { asked in
            asked += 1
            return asked
        }
        guard count <= supply else { throw Exhausted() }
        let number = current.withLockedValue { $0 }
        return WorkspaceToken(secret: Secret("token-\(number)"), id: number)
    }

    func discardWorkspaceToken(_ token: WorkspaceToken) async {
        current.withLockedValue { if $0 == token.id { $0 += 1 } }
    }
}
