internal import ArgumentParser

/// The option that names a running sandbox.
struct SandboxLocation: ParsableArguments {
    @Option(name: .customLong("url"), help: "Where the sandbox listens.")
    var text = "http://127.0.0.1:9100"

    /// The address without a slash at its end.
    var url: String { text.hasSuffix("/") ? String(text.dropLast()) : text }
}
