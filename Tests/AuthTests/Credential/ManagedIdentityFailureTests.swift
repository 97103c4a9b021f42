internal import Auth
internal import HTTPTransport
internal import TestSupport
internal import Testing

/// A status of the platform's endpoint, and what it means (E-118).
struct PlatformFailureCase: CustomTestStringConvertible, Sendable {
    let answer: Result<HTTPResponse, TransportError>
    let problem: CredentialError.Problem
    /// The problem at App Service's endpoint, where it differs.
    var problemAtAppService: CredentialError.Problem?
    /// Whether it is asked again within the call (E-117).
    let isRepeated: Bool
    var isRepeatedAtAppService: Bool?

    var testDescription: String {
        switch answer {
        case .success(let response): "status \(response.status)"
        case .failure(let error): error.kind.rawValue
        }
    }

    private static func status(_ status: Int, _ problem: CredentialError.Problem, _ isRepeated: Bool) -> Self {
        Self(answer: .success(HTTPResponse(status: status)), problem: problem, isRepeated: isRepeated)
    }

    static let all: [PlatformFailureCase] =
        [
            status(400, .identityNotAssigned, false), status(401, .unauthorized, false),
            status(403, .noEndpoint, false),
            status(404, .unavailable, true), status(408, .unavailable, true), status(410, .unavailable, false),
            status(429, .unavailable, true), status(500, .unavailable, true), status(503, .unavailable, true),
            status(200, .unusableAnswer, false), status(302, .unusableAnswer, false),
            status(405, .unusableAnswer, false),
        ]
        + [
            (.connect, .noEndpoint, .unavailable, false, true),
            (.connectTimeout, .noEndpoint, .unavailable, true, true),
            (.timeout, .noEndpoint, .unavailable, true, true), (.cutOff, .unavailable, .unavailable, true, true),
            (.protocolViolation, .unusableAnswer, .unusableAnswer, false, false),
        ].map {
            (
                kind: TransportError.Kind, imds: CredentialError.Problem, appService: CredentialError.Problem,
                isRepeated: Bool, isRepeatedAtAppService: Bool
            ) in
            PlatformFailureCase(
                answer: .failure(TransportError(kind, requestWasSent: false)), problem: imds,
                problemAtAppService: appService, isRepeated: isRepeated,
                isRepeatedAtAppService: isRepeatedAtAppService)
        }
}

@Suite(.quietLog, .patient) struct ManagedIdentityFailureTests {
    @Test("Repeats after 1, 2 and 4 s what may pass, and nothing else (E-117)", arguments: PlatformFailureCase.all)
    func failures(_ row: PlatformFailureCase) async throws {
        for (endpoint, problem, isRepeated) in [
            (ManagedIdentityCredentialTests.imds, row.problem, row.isRepeated),
            (
                ManagedIdentityCredentialTests.appService, row.problemAtAppService ?? row.problem,
                row.isRepeatedAtAppService ?? row.isRepeated
            ),
        ] {
            let rig = try PlatformRig(endpoint: endpoint, answering: [row.answer])
            async let result = rig.error()
            for seconds in isRepeated ? [1, 2, 4] : [] {
                await rig.clock.untilSleeping(2)  // the caller's patience and the pause
                rig.clock.advance(by: .seconds(seconds))
            }
            let error = try await result
            #expect(error.problem == problem)
            #expect(rig.platform.requests.count == (isRepeated ? 4 : 1))
        }
    }

    @Test("What is wrong with the identity is the operator's business, what passes is nobody's (E-118)")
    func classes() {
        let configuration: [CredentialError.Problem] = [
            .identityNotAssigned, .unauthorized, .noEndpoint, .unusableFile, .signingFailed,
        ]
        for problem in CredentialError.Problem.allCases {
            let expected: EntraFailureClass = configuration.contains(problem) ? .configuration : .transient
            #expect(CredentialError(problem).failureClass == expected)
            #expect(!CredentialError(problem).summary.contains { $0 == "\"" || $0 == "\\" })
        }
        #expect(CredentialError(.identityNotAssigned).summary == "the managed identity is not assigned to this host")
        #expect(CredentialError(.noEndpoint).summary == "there is no managed identity endpoint here")
    }

    @Test("Users fail fast while a failure is remembered, and the next one after it asks again (E-117)")
    func failsFast() async throws {
        let rig = try PlatformRig(answering: [
            .success(HTTPResponse(status: 400)), .success(ManagedIdentityCredentialTests.answer()),
        ])
        _ = try await rig.error()
        for _ in 0..<10 { #expect(try await rig.error().problem == .identityNotAssigned) }
        #expect(rig.platform.requests.count == 1)
        rig.clock.advance(by: .seconds(5))
        _ = try await rig.proof()
        #expect(rig.platform.requests.count == 2)
    }

    @Test("During an update of the metadata service only the background waits, 10 s at a time, 7 times (E-117)")
    func updating() async throws {
        var pause = ManagedIdentityPause()
        let pauses = (0..<8).map { _ in pause.next(isUpdating: true) }
        #expect(pauses == Array(repeating: .seconds(10), count: 7) + [.seconds(5)])
        let others = (0..<5).map { _ in pause.next(isUpdating: false) }
        #expect(others == [.seconds(10), .seconds(20), .seconds(40), .seconds(60), .seconds(60)])

        let rig = try PlatformRig(answering: [
            .success(HTTPResponse(status: 410)), .success(HTTPResponse(status: 410)),
            .success(ManagedIdentityCredentialTests.answer()),
        ])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await rig.credential.maintain() }
            try await rig.until { rig.platform.requests.count == 1 }
            await rig.clock.untilSleeping()
            #expect(try await rig.error().retryAfter == .seconds(10))
            rig.clock.advance(by: .seconds(10))
            try await rig.until { rig.platform.requests.count == 2 }
            await rig.clock.untilSleeping()
            rig.clock.advance(by: .seconds(10))
            try await rig.until { rig.platform.requests.count == 3 }
            _ = try await rig.proof()
            group.cancelAll()
        }
    }

    @Test("A slow platform costs a user no more than the call's time (E-98)")
    func slow() async throws {
        let gate = Gate()
        let rig = try PlatformRig(
            platform: StubTransport { _ in
                await gate.pass()
                return ManagedIdentityCredentialTests.answer()
            })
        async let result = rig.error(within: .seconds(15))
        await gate.untilArrived(1)
        await rig.clock.untilSleeping()
        rig.clock.advance(by: .seconds(15))
        #expect(try await result.problem == .tooSlow)
        gate.open()
    }

    @Test("No retry starts after 15 s (E-98)")
    func budget() {
        let start = ContinuousClock.now
        var plan = ManagedIdentityRetryPlan(deadline: start + .seconds(15))
        #expect(plan.failed(.passing, at: start + .seconds(10)) == .retry(after: .seconds(1)))
        #expect(plan.failed(.passing, at: start + .seconds(13)) == .giveUp)
        #expect(plan.failed(.final, at: start) == .giveUp)
    }
}
