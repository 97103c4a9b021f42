internal import ArgumentParser
internal import HTTPTransport
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

    private var url: String { location.url }

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
        let answer = try await post("\(url)/_control/tokens", .object(JSONObject(order)))
        guard case .string(let token) = answer["access_token"] else {
            guard case .string(let message) = answer["error"] else { throw CommandFailure("\(url) is not a sandbox.") }
            throw CommandFailure(message)
        }
        print(token)
    }

    private func post(_ endpoint: String, _ body: JSONValue) async throws -> JSONValue {
        let request = HTTPRequest(
            method: .post, url: endpoint, headers: ["Content-Type": "application/json"], body: body.serialized,
            timeout: .seconds(10), usesProxy: false)
        do {
            return try JSONValue.parse(try await CurlTransport().send(request).body)
        } catch let error as TransportError {
            throw CommandFailure(
                "No sandbox answers at \(url) (\(error.kind.rawValue)). Start one: databricks-sandbox serve")
        } catch is JSONError {
            throw CommandFailure("\(url) is not a sandbox.")
        }
    }
}
