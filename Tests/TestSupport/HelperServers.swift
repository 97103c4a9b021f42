internal import Foundation

/// Runs `body` beside `mcp-fixture-server`.
///
/// - Parameters:
///   - options: Its options besides the port.
///   - body: Gets the URL of its endpoint, and the process.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or ``LogCapture/Missing`` when the server does not start.
package func withFixtureServer<Value>(
    _ options: [String] = [], _ body: (String, ChildProcess) async throws -> Value
) async throws -> Value {
    try await ChildProcess.with(.init("mcp-fixture-server", options)) { server in
        let endpoint = try await server.output.line("the address of the fixture server") { $0.hasPrefix("http") }
        return try await body(endpoint, server)
    }
}

/// Runs `body` beside nginx as a reverse proxy with Debian's defaults.
///
/// - Parameters:
///   - upstream: `http://127.0.0.1:PORT` of the server behind it.
///   - body: Gets `http://127.0.0.1:PORT` of the proxy.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or ``LogCapture/Missing`` when nginx does not start.
package func withNginx<Value>(
    infrontOf upstream: String, _ body: (String) async throws -> Value
) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appending(path: "nginx-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let port = try ServerProcess.freePort()
    let configuration = """
        daemon off;
        worker_processes 1;
        pid \(folder.path())/pid;
        error_log stderr notice;
        events { worker_connections 256; }
        http {
            access_log off;
            client_body_temp_path \(folder.path())/body;
            proxy_temp_path \(folder.path())/proxy;
            fastcgi_temp_path \(folder.path())/fastcgi;
            uwsgi_temp_path \(folder.path())/uwsgi;
            scgi_temp_path \(folder.path())/scgi;
            server {
                listen 127.0.0.1:\(port);
                large_client_header_buffers 4 64k;
                location / {
                    proxy_pass \(upstream);
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                }
            }
        }
        """
    let file = folder.appending(path: "nginx.conf")
    try Data(configuration.utf8).write(to: file)
    return try await ChildProcess.with(.init("/usr/sbin/nginx", ["-p", folder.path(), "-c", file.path()])) { nginx in
        // The workers are started after the sockets are open.
        _ = try await nginx.output.line("nginx to start") { $0.contains("start worker process ") }
        return try await body("http://127.0.0.1:\(port)")
    }
}
