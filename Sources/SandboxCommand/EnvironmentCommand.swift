internal import ArgumentParser
internal import Sandbox

/// `databricks-sandbox environment`.
struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "Prints the server's settings for this sandbox, one NAME=VALUE per line.",
        discussion:
            "The values need no quoting, neither in a shell nor in a .env file, if the path of --file needs none.")

    @Option(help: "How the server proves what it is: \(SandboxEnvironment.Credential.list).")
    var credential = SandboxEnvironment.Credential.secret.rawValue

    @Option(help: "The file of the certificate, or of the service-account token; see those two commands.")
    var file: String?

    @OptionGroup var location: SandboxLocation

    func validate() throws {
        guard let known = SandboxEnvironment.Credential(rawValue: credential) else {
            throw ValidationError(
                "There is no credential '\(credential)'. Known: \(SandboxEnvironment.Credential.list).")
        }
        guard known.needsFile == (file != nil) else {
            throw ValidationError(
                known.needsFile ? "'\(credential)' needs --file FILE." : "'\(credential)' has no --file.")
        }
    }

    func run() throws {
        let environment = SandboxEnvironment(
            url: location.url, credential: SandboxEnvironment.Credential(rawValue: credential) ?? .secret,
            file: file.map(absolutePath) ?? "")
        for (name, value) in environment.settings { print("\(name)=\(value)") }
    }
}

extension SandboxEnvironment.Credential {
    fileprivate static let list = allCases.map(\.rawValue).joined(separator: ", ")
}
