internal import Auth
internal import Foundation
internal import HTTPSyntax
internal import HTTPTransport
internal import JSON
internal import Observability
internal import TestSupport
internal import Testing

/// A token endpoint that the test answers for, a credential, and the caches in front.
struct CredentialBench {
    let auth: AuthRig
    let entra: StubTransport
    let endpoint: TokenEndpoint
    let cache: OBOTokenCache
    let applicationTokens: ApplicationTokenCache

    var clock: ManualClock { auth.clock }

    static func make(
        _ credential: (TimeSource) throws -> some ClientCredential, _ answers: Result<HTTPResponse, TransportError>...
    ) async throws -> CredentialBench {
        let answers = answers.isEmpty ? [.success(OBORig.granted())] : answers
        return try await CredentialBench(credential, StubTransport(answering: answers))
    }

    init(_ credential: (TimeSource) throws -> some ClientCredential, _ entra: StubTransport) async throws {
        auth = try await AuthRig.loaded()
        self.entra = entra
        let time = TimeSource(auth.clock)
        endpoint = TokenEndpoint(
            endpoints: try Fixed.endpoints(), clientID: try #require(GUID(Fixed.api)),
            credential: try credential(time), transport: entra, time: time)
        cache = OBOTokenCache(endpoint: endpoint, time: time)
        applicationTokens = ApplicationTokenCache(endpoint: endpoint, time: time)
    }

    func principal(_ number: Int = 3) async throws -> Principal {
        try await auth.principal { $0["oid"] = .string("0d000000-0000-4000-8000-\(100_000_000_000 + number)") }
    }

    func token(_ number: Int = 3) async throws -> AccessToken {
        try await cache.token(for: try await principal(number), deadline: clock.now + .seconds(60))
    }

    func error(_ number: Int = 3) async throws -> OBOError {
        try #require(await #expect(throws: OBOError.self) { try await token(number) })
    }

    func applicationToken() async throws -> ApplicationToken {
        try await applicationTokens.token(deadline: clock.now + .seconds(60))
    }

    func applicationError() async throws -> OBOError {
        try #require(await #expect(throws: OBOError.self) { try await applicationToken() })
    }

    /// What the request at `index` sent in the field `name`, decoded.
    func sent(_ name: String, at index: Int = 0) -> String? { entra.requests[index].formField(name) }

    /// Lets other tasks run until `condition` holds: for work in the background that nobody waits for.
    func until(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<100_000 {
            if try await condition() { return }
            await Task.yield()
        }
        Issue.record("the condition never held")
    }
}

extension HTTPRequest {
    /// The value of a form field, decoded.
    func formField(_ name: String) -> String? {
        let fields = String(decoding: body ?? [], as: UTF8.self).split(separator: "&")
        return fields.first { $0.hasPrefix("\(name)=") }?.dropFirst(name.count + 1).description.removingPercentEncoding
    }
}

/// A token of a platform, unsigned for all anybody here can tell.
enum PlatformToken {
    static func make(_ name: String, claims: JSONObject = PlatformToken.claims) -> String {
        let parts = [TokenMint.bytes(["alg": "RS256", "kid": .string(name)]), TokenMint.bytes(claims)]
        return (parts.map(Base64URL.encode) + [Base64URL.encode(Array("signature of \(name)".utf8))]).joined(
            separator: ".")
    }

    static var claims: JSONObject {
        [
            "iss": "https://login.microsoftonline.com/\(Fixed.tenant)/v2.0",
            "sub": "1d000000-0000-4000-8000-000000000005", "aud": "api://AzureADTokenExchange",
            "tid": .string(Fixed.tenant),
        ]
    }
}
