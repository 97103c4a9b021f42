internal import ArgumentParser
internal import JSON
internal import Sandbox

/// `databricks-sandbox service-account-token`.
struct ServiceAccountTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service-account-token",
        abstract: "Lets a running sandbox write the token file that AKS would mount into the server's container.",
        discussion: "Written again, the token is a new one. A file that holds something else is left alone.")

    @Option(help: "The file to write; only its owner may read it.")
    var out: String

    @Option(help: "What the file shall hold: \(Sandbox.ServiceAccountTokenState.list).")
    var state = Sandbox.ServiceAccountTokenState.valid.rawValue

    @OptionGroup var location: SandboxLocation

    func run() async throws {
        _ = try await ControlClient(url: location.url).post(
            "aks", ["path": .string(absolutePath(out)), "state": .string(state)])
        print("databricks-sandbox environment --credential workload-identity --file \(out)\(location.option)")
    }
}

extension Sandbox.ServiceAccountTokenState {
    fileprivate static let list = allCases.map(\.rawValue).joined(separator: ", ")
}
