internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

extension SandboxClient {
    private static let audience = SandboxIdentity.tokenExchangeAudience

    /// Asks the endpoint of App Service, with some parameters or header fields replaced, or removed by `nil`.
    func appService(
        _ parameters: [String: String?] = [:],
        headers: HeaderList = ["X-IDENTITY-HEADER": SandboxIdentity.identityHeader]
    ) async throws -> HTTPResponse {
        try await identity("/msi/token", "2019-08-01", parameters, headers)
    }

    /// Asks the Instance Metadata Service.
    func instanceMetadata(
        _ parameters: [String: String?] = [:], headers: HeaderList = ["Metadata": "true"]
    ) async throws -> HTTPResponse {
        try await identity("/metadata/identity/oauth2/token", "2018-02-01", parameters, headers)
    }

    func identity(
        _ path: String, _ version: String, _ changes: [String: String?] = [:], _ headers: HeaderList
    ) async throws -> HTTPResponse {
        let usual: [String: String?] = [
            "api-version": version, "resource": Self.audience, "client_id": SandboxIdentity.identityClientID,
        ]
        let query = usual.merging(changes) { $1 }.compactMap { name, value in
            value.map { "\(name)=\(Self.encoded($0))" }
        }
        return try await get("\(path)?\(query.sorted().joined(separator: "&"))", headers: headers)
    }

    func identityToken() async throws -> String {
        try #require(try await instanceMetadata().json["access_token"]?.text)
    }
}

@Suite(.patient) struct ManagedIdentityTests {
    @Test("Gives a token as App Service does (E-175)")
    func appService() async throws {
        try await withClient(SandboxConfiguration(clock: .frozen(atMilliseconds: 1_790_000_000_000))) { client in
            let body = try await client.appService().json
            #expect(body["expires_on"] == "1790086400")
            #expect(body["expires_in"] == nil)
            #expect(body["resource"] == "api://AzureADTokenExchange")
            #expect(body["token_type"] == "Bearer")
            #expect(body["client_id"]?.text == SandboxIdentity.identityClientID)
            let token = try claims(of: try #require(body["access_token"]?.text))
            #expect(token["iss"]?.text == "\(client.sandbox.baseURL)/\(SandboxIdentity.tenantID)/v2.0")
            #expect(token["sub"]?.text == SandboxIdentity.identityPrincipalID)
            #expect(token["oid"] == token["sub"])
            #expect(token["aud"] == "api://AzureADTokenExchange")
            #expect(token["idtyp"] == "app")
            #expect(token["exp"] == 1_790_086_400)
        }
    }

    @Test("Gives a token as the Instance Metadata Service does, every value a string")
    func instanceMetadata() async throws {
        try await withClient { client in
            let body = try await client.instanceMetadata().json
            let names = [
                "access_token", "client_id", "expires_in", "expires_on", "ext_expires_in", "not_before", "resource",
                "token_type", "refresh_token",
            ]
            for name in names { #expect(body[name]?.text != nil, "\(name)") }
            let single = try await client.instanceMetadata(["client_id": nil])
            #expect(single.status == 200, "the machine has one identity only")
        }
    }

    @Test(
        "App Service refuses",
        arguments: [
            (["api-version": "2018-02-01"], 400), (["api-version": nil], 400), (["client_id": "1c0"], 400),
            (["client_id": nil], 400), (["resource": nil], 400), (["resource": "https://vault.azure.net"], 500),
            (["resource": "api://AzureADTokenExchange/.default"], 500),
        ] as [([String: String?], Int)])
    func appServiceRefuses(_ changes: [String: String?], _ status: Int) async throws {
        try await withClient { client in
            let answer = try await client.appService(changes)
            #expect(answer.status == status)
            let body = try answer.json
            #expect(body["statusCode"] == .integer(Int64(status)))
            #expect(body["message"]?.text != nil && body["correlationId"]?.text != nil)
        }
    }

    @Test("App Service wants the header that the platform gave out last")
    func identityHeader() async throws {
        try await withClient { client in
            #expect(try await client.appService(headers: [:]).status == 401)
            #expect(try await client.appService(headers: ["X-IDENTITY-HEADER": "x"]).status == 401)
            #expect(try await client.control(.post, "mi", #"{"header": "rotated"}"#).status == 200)
            #expect(try await client.appService().status == 401)
            #expect(try await client.appService(headers: ["X-IDENTITY-HEADER": "rotated"]).status == 200)
            let record = try #require(client.sandbox.requests(to: "msi").last)
            #expect(record.header("x-identity-header")?.hasPrefix("sha256:") == true)
        }
    }

    @Test(
        "The Instance Metadata Service refuses",
        arguments: [
            (["api-version": "2019-08-01"], ["Metadata": "true"], "invalid_request"),
            (["client_id": "99999999-0000-4000-8000-000000000099"], ["Metadata": "true"], "invalid_request"),
            (["resource": "https://vault.azure.net"], ["Metadata": "true"], "invalid_resource"),
            ([:], [:], "invalid_request"), ([:], ["Metadata": "1"], "invalid_request"),
            ([:], ["Metadata": "true", "X-Forwarded-For": "10.0.0.1"], "invalid_request"),
        ] as [([String: String?], [String: String], String)])
    func instanceMetadataRefuses(
        _ changes: [String: String?], _ headers: [String: String], _ error: String
    ) async throws {
        try await withClient { client in
            var list: HeaderList = [:]
            for (name, value) in headers { list.append(name, value) }
            let answer = try await client.instanceMetadata(changes, headers: list)
            #expect(answer.status == 400)
            #expect(try answer.json["error"]?.text == error)
            #expect(try answer.json["error_description"]?.text != nil)
        }
    }

    @Test("Takes one scripted step per request and stays at the last")
    func script() async throws {
        try await withClient { client in
            let steps = ["410", "410", "404", "status:429:3", "500", "unreachable", "garbage", "empty-token", "ok"]
            try client.sandbox.scriptManagedIdentity(steps)
            var answers: [HTTPResponse] = []
            for _ in 0..<10 { answers.append(try await client.instanceMetadata()) }
            #expect(answers.map(\.status) == [410, 410, 404, 429, 500, 403, 200, 200, 200, 200])
            #expect(answers[3].headers["Retry-After"] == "3")
            #expect(answers[5].text.contains("unreachable"))
            #expect(answers[6].text == "garbage")
            #expect(try answers[7].json["access_token"] == "")
            #expect(try answers[9].json["access_token"]?.text?.isEmpty == false)
            #expect(throws: SandboxError.self) { try client.sandbox.scriptManagedIdentity(["sulk"]) }
        }
    }

    @Test("Drops the connection, keeps it waiting, or does not listen")
    func noAnswer() async throws {
        try await withClient { client in
            #expect(try await client.control(.post, "mi", #"{"script": ["slow:20", "drop"]}"#).status == 200)
            #expect(try await SandboxClient(sandbox: client.sandbox).instanceMetadata().status == 200)
            for _ in 0..<2 {
                let error = await #expect(throws: TransportError.self) {
                    try await SandboxClient(sandbox: client.sandbox).instanceMetadata()
                }
                #expect(error?.kind == .cutOff)
                try client.sandbox.scriptManagedIdentity(["ok"])
                client.sandbox.takeDown(.identity)
            }
        }
    }

    @Test(
        "Tells the expiry in every form of E-116",
        arguments: ManagedIdentityOptions.Expiry.allCases)
    func expiry(_ expiry: ManagedIdentityOptions.Expiry) async throws {
        try await withClient { client in
            #expect(try await client.control(.post, "mi", #"{"expires": "\#(expiry.rawValue)"}"#).status == 200)
            let body = try await client.appService().json
            switch expiry {
            case .usual, .string: #expect(body["expires_on"]?.text != nil && body["expires_in"] == nil)
            case .number: #expect(body["expires_on"]?.number != nil && body["expires_in"] == nil)
            case .relative: #expect(body["expires_in"] == "86400" && body["expires_on"] == nil)
            case .none: #expect(body["expires_in"] == nil && body["expires_on"] == nil)
            }
        }
    }

    @Test("Answers the same token until shortly before it expires, or a new one each time (E-120)")
    func reuse() async throws {
        try await withClient(SandboxConfiguration(clock: .frozen(atMilliseconds: 1_790_000_000_000))) { client in
            let first = try await client.identityToken()
            #expect(try await client.identityToken() == first)
            client.sandbox.clock.advance(milliseconds: 86_100_000)
            let second = try await client.identityToken()
            #expect(second != first)
            client.sandbox.changeManagedIdentity { options in
                options.reusesTokens = false
                options.lifetime = 600
            }
            let third = try await client.identityToken()
            #expect(try claims(of: third)["exp"] == .integer(client.sandbox.clock.seconds + 600))
            #expect(try await client.identityToken() != third)
        }
    }

    @Test("Has the platforms that are recognised and not used (E-110)")
    func otherPlatforms() async throws {
        try await withClient { client in
            let secret: HeaderList = ["Secret": SandboxIdentity.identityHeader]
            let fabric = "/service-fabric/metadata/identity/oauth2/token"
            let answer = try await client.identity(fabric, "2019-07-01-preview", [:], secret)
            #expect(try answer.json["expires_on"]?.number != nil)
            let unknown = try await client.identity(fabric, "2019-07-01-preview", ["client_id": "x"], secret)
            #expect(try unknown.json["error"]?["code"] == "ManagedIdentityNotFound")
            let ml = try await client.identity(
                "/azure-ml/msi/token", "2017-09-01", ["clientid": SandboxIdentity.identityClientID], secret)
            #expect(ml.status == 200)
            let shell = try await client.send(
                .post, "/cloud-shell/oauth2/token",
                headers: ["Metadata": "true", "Content-Type": "application/x-www-form-urlencoded"],
                body: Array("resource=api%3A%2F%2FAzureADTokenExchange".utf8))
            #expect(shell.status == 200)
        }
    }

    @Test(
        "Challenges as Azure Arc does, with a key file inside or outside of the folder",
        arguments: [nil, "/etc/passwd"] as [String?])
    func arc(_ file: String?) async throws {
        try await withClient { client in
            if let file { client.sandbox.changeManagedIdentity { $0.arcKeyFile = file } }
            let path = "/arc/metadata/identity/oauth2/token"
            let challenge = try await client.identity(path, "2020-06-01", [:], ["Metadata": "true"])
            #expect(challenge.status == 401)
            let expected = file ?? "/var/opt/azcmagent/tokens/sandbox.key"
            #expect(challenge.headers["WWW-Authenticate"] == "Basic realm=\(expected)")
            let answer = try await client.identity(
                path, "2020-06-01", [:], ["Metadata": "true", "Authorization": "Basic sandbox-arc-key-2026"])
            #expect(answer.status == 200)
        }
    }
}
