internal import ArgumentParser
internal import JSON
internal import Sandbox

/// `databricks-sandbox certificate`.
struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Writes a fresh key with its certificate, which a running sandbox then accepts from the server.",
        discussion: "It replaces the certificate that was registered before.")

    @Option(help: "The PEM file to write; only its owner may read it.")
    var out: String

    @OptionGroup var location: SandboxLocation

    func run() async throws {
        do {
            let certificate = try SandboxCertificate()
            _ = try await ControlClient(url: location.url).post(
                "apps/\(SandboxIdentity.apiClientID)", ["certificates": [.string(certificate.certificatePEM)]])
            try SmallFile.write(Array(certificate.pem.utf8), to: absolutePath(out))
        } catch let error as SandboxError {
            throw CommandFailure(error.description)
        }
        print("databricks-sandbox environment --credential certificate --file \(out)\(location.option)")
    }
}
