internal import ArgumentParser
internal import Auth
internal import Configuration
internal import Glibc
internal import HTTPTransport
internal import Observability

/// `explain-token`: why a token is accepted or refused, with the settings of this server.
struct ExplainTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain-token",
        abstract: "Say whether this server would accept a token, check by check, and what to do if not.",
        discussion: """
            Reads the token from standard input or a file, also as a whole token response, after Bearer or in quotes, \
            with the settings of `serve` that concern sign-in: \
            AZURE_TENANT_ID, AZURE_CLIENT_ID and, where set, those of docs/settings.md. The signing keys come from \
            Entra ID unless --jwks names a file with the key document. The token goes nowhere.

            The exit status is 0 for an accepted token, 1 for a refused one, 66 for a file that cannot be read and \
            78 for wrong settings.
            """)

    @Option(help: "The file that holds the token, instead of standard input.")
    var file: String?

    @Option(help: "A key document, as the tenant's jwks_uri serves it: no network is needed then.")
    var jwks: String?

    @Flag(help: "Print one JSON object instead of text.")
    var json = false

    @Argument(help: .hidden)
    var surplus: [String] = []

    func validate() throws {
        guard surplus.isEmpty else {
            // Without its text: it may well be the token.
            throw ValidationError(
                "A token is not taken as an argument, because everybody on this machine could see it. "
                    + "Pass it on standard input: databricks-jobs-mcp explain-token < token.txt")
        }
    }

    func run() async throws {
        let log = CommandLog.start()
        defer { log.finish() }
        let (signIn, caFile) = try SettingsSource.load().signIn()
        let input = try readInput()
        let endpoints = signIn.endpoints
        let transport = CurlTransport(TransportConfiguration(caFile: caFile))
        let keys = try await loadedKeys(from: endpoints.jwksURL, transport)
        let v1Keys = signIn.policy.v1Issuer == nil ? nil : try await loadedKeys(from: endpoints.v1JWKSURL, transport)
        let validator = TokenValidator(policy: signIn.policy, keys: keys, v1Keys: v1Keys)
        let verdict = await validator.verdict(on: input.token)
        let report = TokenReport(
            input: input, contents: TokenContents(input.token), verdict: verdict, now: TimeSource.system.wallSeconds())
        StandardOutput.write(json ? report.json : report.text)
        if verdict.rejection != nil { throw ExitCode.failure }
    }

    private func readInput() throws -> TokenInput {
        if file == nil, isatty(STDIN_FILENO) == 1 {
            StandardError.write("paste the token, then press Enter and Ctrl-D")
        }
        guard let bytes = BoundedFile.bytes(of: file ?? "/dev/stdin", limit: 1 << 20) else {
            StandardError.write("the token cannot be read\(file.map { " from '\($0.excerpt)'" } ?? "")")
            throw ExitCode(EX_NOINPUT)
        }
        return TokenInput(bytes)
    }

    /// Fetches the keys once; without any, the verdict says that they are unavailable.
    private func loadedKeys(from url: String, _ transport: CurlTransport) async throws -> JWKSCache {
        guard let jwks else {
            let cache = JWKSCache(url: url, policy: KeyRefreshPolicy(), transport: transport)
            await cache.load()
            return cache
        }
        guard let text = BoundedFile.contents(of: jwks, limit: 1 << 20) else {
            StandardError.write("the key document cannot be read from '\(jwks.excerpt)'")
            throw ExitCode(EX_NOINPUT)
        }
        do throws(JWKSError) {
            let document = try JWKSDocument(parsing: Array(text.utf8))
            let cache = JWKSCache { () throws(JWKSError) in document }
            await cache.load()
            return cache
        } catch {
            StandardError.write("'\(jwks.excerpt)' is \(error.detail); save what the tenant's jwks_uri serves")
            throw ExitCode(EX_DATAERR)
        }
    }
}
