internal import ArgumentParser
internal import Sandbox

/// `databricks-sandbox environment`.
struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "Prints the server's settings for this sandbox, one NAME=VALUE per line.",
        discussion: "The values need no quoting, neither in a shell nor in a .env file.")

    @Option(help: "Where the sandbox listens.")
    var url = "http://127.0.0.1:9100"

    func run() throws {
        let settings = [
            ("AZURE_TENANT_ID", SandboxIdentity.tenantID), ("AZURE_CLIENT_ID", SandboxIdentity.apiClientID),
            ("AZURE_CLIENT_SECRET", SandboxIdentity.clientSecret), ("AZURE_AUTHORITY_HOST", url),
            ("DATABRICKS_HOST", url),
        ]
        for (name, value) in settings { print("\(name)=\(value)") }
    }
}
