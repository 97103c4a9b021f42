internal import Foundation
internal import Subprocess
internal import SystemPackage
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

    /// What the client sends next, when the options make the server hand it out (`-quiet` and no `-www`); `nil` at the end.
    let received: () async throws -> [UInt8]?
    /// Sends these bytes to the client.
    let send: ([UInt8]) async throws -> Void

    var url: String { "https://127.0.0.1:\(port)" }

    /// Returns when the client has sent `text`.
    func waitFor(_ text: String) async throws {
        var all: [UInt8] = []
        while let bytes = try await received() {
            all += bytes
            if String(decoding: all, as: UTF8.self).contains(text) { return }
        }
        Issue.record("the client closed without sending it")
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
func withTLSServer<R: Sendable>(
    _ certificate: TLSServer.Certificate, options: [String] = ["-www"], _ body: (TLSServer) async throws -> R
) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await makeCertificates(certificate, in: folder)

    let arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key"] + options
    return try await run(
        .name("openssl"), arguments: Arguments(arguments), workingDirectory: FilePath(folder.path()),
        input: .inputWriter, output: .sequence, error: .discarded
    ) { execution in
        defer { try? execution.send(signal: .terminate) }
        var pieces = execution.standardOutput.makeAsyncIterator()
        var text = ""
        while !text.contains(/ACCEPT .*\n/), let piece = try await pieces.next() {
            text += unsafe piece.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        let port = try #require(text.firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)/)?.1, "openssl does not listen")
        let server = TLSServer(
            port: try #require(Int(port)), caFile: folder.appending(path: "ca.pem").path(),
            received: { unsafe try await pieces.next()?.withUnsafeBytes { unsafe Array($0) } },
            send: { _ = try await execution.standardInputWriter.write($0) })
        return try await body(server)
    }.closureResult
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
    for command in commands { try await OpenSSLCommand.run(command, in: folder) }
}
