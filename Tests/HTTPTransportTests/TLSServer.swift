internal import Foundation
internal import TestSupport
internal import Testing

/// `openssl s_server` on loopback, with a certificate authority that was made for it alone.
struct TLSServer {
    /// What the server shows.
    enum Certificate: String, CustomTestStringConvertible {
        case valid
        case expired
        case forAnotherHost

        var testDescription: String { rawValue }
        fileprivate var name: String { self == .forAnotherHost ? "IP:127.0.0.2,DNS:example.com" : "IP:127.0.0.1" }
        fileprivate var days: String { self == .expired ? "-1" : "2" }
    }

    let port: Int
    let caFile: String

    /// What the client sends, when the options make the server hand it out (`-quiet` and no `-www`).
    let received: AsyncStream<Data>

    private let input: FileHandle

    var url: String { "https://127.0.0.1:\(port)" }

    /// Sends these bytes to the client.
    func send(_ bytes: [UInt8]) throws { try input.write(contentsOf: bytes) }

    /// Starts the server in a folder that holds its certificate.
    ///
    /// - Throws: When it does not come to listen.
    fileprivate init(_ process: Process, options: [String], folder: URL) async throws {
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key"] + options
        process.currentDirectoryURL = folder
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let chunks = output.fileHandleForReading.chunks
        try ProcessLaunch.start(process)

        var text = ""
        for await chunk in chunks {
            text += String(decoding: chunk, as: UTF8.self)
            if text.contains(/ACCEPT .*\n/) { break }
        }
        let port = try #require(text.firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)/)?.1, "openssl does not listen")
        self.port = try #require(Int(port))
        self.input = input.fileHandleForWriting
        received = chunks
        caFile = folder.appending(path: "ca.pem").path()
    }
}

extension FileHandle {
    /// What arrives, until the end.
    fileprivate var chunks: AsyncStream<Data> {
        AsyncStream { continuation in
            readabilityHandler = { handle in
                let chunk = handle.availableData
                if chunk.isEmpty {
                    handle.readabilityHandler = nil
                    continuation.finish()
                } else {
                    continuation.yield(chunk)
                }
            }
        }
    }
}

/// Runs `body` beside a TLS server.
///
/// - Parameters:
///   - certificate: What the server shows.
///   - options: Further options of `openssl s_server`; `-www` makes it answer every GET.
///   - body: What to do meanwhile.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or what keeps the server from listening.
func withTLSServer<R>(
    _ certificate: TLSServer.Certificate, options: [String] = ["-www"], _ body: (TLSServer) async throws -> R
) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await makeCertificates(certificate, in: folder)

    let process = Process()
    let server = try await TLSServer(process, options: options, folder: folder)
    defer { process.terminate() }
    return try await body(server)
}

/// Makes `ca.pem`, and `server.pem` with `server.key`, which the authority has signed.
private func makeCertificates(_ certificate: TLSServer.Certificate, in folder: URL) async throws {
    let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    let commands = [
        ["req", "-x509"] + newKey + ["-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test CA"],
        ["req"] + newKey + ["-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=Test server"],
        [
            "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "server.pem", "-days", certificate.days, "-extfile", "names",
        ],
    ]
    try "subjectAltName=\(certificate.name)".write(
        to: folder.appending(path: "names"), atomically: true, encoding: .utf8)
    for command in commands { try await run("openssl", command, in: folder) }
}

private func run(_ program: String, _ arguments: [String], in folder: URL) async throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    let status = try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do { try ProcessLaunch.start(process) } catch { continuation.resume(throwing: error) }
    }
    try #require(status == 0, "openssl \(arguments) failed")
}
