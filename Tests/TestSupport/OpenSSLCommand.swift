package import Foundation

/// The `openssl` command: certificates for tests, and a second opinion on signatures (E-187).
package enum OpenSSLCommand {
    /// The command failed.
    package struct Failure: Error, CustomStringConvertible {
        /// The command and its words.
        package let description: String
    }

    /// Runs `openssl` in `folder`.
    ///
    /// - Parameters:
    ///   - arguments: Separated by blanks.
    ///   - folder: Where files are read and written.
    /// - Returns: What it wrote to standard output.
    /// - Throws: ``Failure`` when it ends with another status than 0.
    @discardableResult
    package static func run(_ arguments: String, in folder: URL) async throws -> String {
        try await run(arguments.split(separator: " ").map(String.init), in: folder)
    }

    /// Runs `openssl` in `folder`, with arguments that may hold blanks.
    ///
    /// - Throws: ``Failure`` when it ends with another status than 0.
    @discardableResult
    package static func run(_ arguments: [String], in folder: URL) async throws -> String {
        let command = try await Command("openssl", arguments, in: folder.path())
        guard command.status == 0 else {
            throw Failure(description: "openssl \(arguments.joined(separator: " ")): \(command.errors)")
        }
        return command.output + command.errors
    }

    /// Makes `key.pem` and `certificate.pem` in `folder`.
    ///
    /// - Parameters:
    ///   - folder: Where to.
    ///   - key: The `-newkey` options.
    ///   - days: How long the certificate is valid.
    /// - Returns: Certificate and key in one text.
    /// - Throws: ``Failure``.
    @discardableResult
    package static func makeCertificate(
        in folder: URL, key: String = "rsa:2048 -nodes", days: Int = 365
    ) async throws -> String {
        try await run(
            "req -x509 -newkey \(key) -keyout key.pem -out certificate.pem -days \(days) -subj /CN=test", in: folder)
        let parts = try ["certificate.pem", "key.pem"].map {
            try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
        }
        return parts.joined()
    }
}

/// Runs `body` with a new folder that is removed afterwards.
///
/// - Parameter body: What to do.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws.
package func withTemporaryFolder<R>(_ body: (URL) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}
