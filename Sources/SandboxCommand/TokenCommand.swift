internal import ArgumentParser
internal import JSON
internal import Sandbox

/// `databricks-sandbox token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Prints an access token for the server, made by a sandbox that runs.")

    @Option(help: "Who the token is for: alice, bob, guest, nora, or one you added.")
    var user = "alice"

    @Option(help: "What sort of token: \(TokenOrder.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind = TokenOrder.Kind.user.rawValue

    @Option(help: "One thing that is wrong with it, for example expired, wrong-audience or bad-signature.")
    var flaw: String?

    @Option(help: "Seconds until it expires.")
    var lifetime: Int64?

    @OptionGroup var location: SandboxLocation

    func validate() throws {
        guard TokenOrder.Kind(rawValue: kind) != nil else {
            throw ValidationError("There is no kind '\(kind)' of token.")
        }
        if let flaw, TokenOrder.Flaw(rawValue: flaw) == nil {
            let known = TokenOrder.Flaw.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("There is no flaw '\(flaw)'. Flaws: \(known).")
        }
    }

    func run() async throws {
        var order: [(String, JSONValue)] = [("kind", .string(kind)), ("user", .string(user))]
        if let flaw { order.append(("flaw", .string(flaw))) }
        if let lifetime { order.append(("lifetime_seconds", .integer(lifetime))) }
        let answer = try await ControlClient(url: location.url).post("tokens", .object(JSONObject(order)))
        guard case .string(let token) = answer["access_token"] else {
            throw CommandFailure("\(location.url) is not a sandbox.")
        }
        print(token)
    }
}
