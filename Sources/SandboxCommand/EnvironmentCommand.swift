internal import ArgumentParser
internal import Sandbox

/// `databricks-sandbox environment`.
struct EnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "Prints the server's settings for this sandbox, one NAME=VALUE per line.",
        discussion: "The values need no quoting, neither in a shell nor in a .env file.")

    @OptionGroup var location: SandboxLocation

    private var url: String { location.url }

    func run() throws {
        let settings = [
            ("AZURE_TENANT_ID", SandboxIdentity.tenantID), ("AZURE_CLIENT_ID", SandboxIdentity.apiClientID),
            ("AZURE_CLIENT_SECRET", SandboxIdentity.clientSecret), ("AZURE_AUTHORITY_HOST", url),
            ("DATABRICKS_HOST", url),
        ]
        for (name, value) in settings { print("\(name)=\(value)") }
    }
}
