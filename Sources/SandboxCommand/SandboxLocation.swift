internal import ArgumentParser

/// The option that names a running sandbox.
struct SandboxLocation: ParsableArguments {
    @Option(name: .customLong("url"), help: "Where the sandbox listens.")
    var text = Self.usual

    private static let usual = "http://127.0.0.1:9100"

    /// The address without a slash at its end.
    var url: String { text.hasSuffix("/") ? String(text.dropLast()) : text }

    /// The option as another command line needs it: with a blank before it, or empty.
    var option: String { url == Self.usual ? "" : " --url \(url)" }
}
