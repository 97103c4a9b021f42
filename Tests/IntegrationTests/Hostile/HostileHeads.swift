/// Requests that are refused for their request line and header fields (steps 1 to 9 of docs/requirements/protocol.md).
enum HostileHeads {
    static let all: [HostileRequest] = [origins, hosts, paths, tokens, methods, contentTypes, accepted].flatMap { $0 }

    private static var origins: [HostileRequest] {
        let evil = "https://evil.example"
        let values = [
            evil, "null", "", "http://127.0.0.1", "http://127.0.0.1:1", "https://127.0.0.1", "127.0.0.1",
            "http://localhost.evil.example", "http://127.0.0.1.evil.example", "file://", "http://user@127.0.0.1",
            "http://[::1", "http://127.0.0.1:99999", "*", "http://127.0.0.1/", "chrome-extension://abc",
        ]
        return HostileRequest.values(of: "Origin", "Origin", values, .error(403, -32600))
            + [.fields("Origin", "repeated", [("Origin", evil), ("Origin", evil)], .error(403, -32600))]
    }

    private static var hosts: [HostileRequest] {
        let values = [
            "evil.example", "127.0.0.1.evil.example", "128.0.0.1", "169.254.169.254", "localhost:", "localhost:abc",
            "[::1",
            "localhost/mcp", "user@localhost", "localhost:99999", "local host", "%6cocalhost",
        ]
        return values.map { host in
            var request = HostileRequest.fields("Host", host, [], .error(421, -32600))
            request.host = host
            return request
        }
    }

    private static var paths: [HostileRequest] {
        let values = [
            "/mcp/", "/MCP", "//mcp", "/mcp/x", "/", "/sse", "/messages", "/mcp%2f", "/mcp;x=1", "/.env", "/mcp/../mcp",
            "/admin", "/.well-known/openid-configuration", "/register", "/authorize", "/token",
        ]
        return values.map { path in
            var request = HostileRequest.fields("path", path, [], .status(path == "/" ? 405 : 404))
            request.path = path
            return request
        }
    }

    private static var tokens: [HostileRequest] {
        let rows: [(String, String, Int)] = [
            ("none", "", 401), ("Basic", "Basic YWxpY2U6eA==", 401), ("Digest", #"Digest username="alice""#, 401),
            ("no token", "Bearer", 400), ("a blank", "Bearer  ", 400), ("two tokens", "Bearer a b", 400),
            ("a word", "Bearer hello", 401), ("three dots", "Bearer a.b.c.d", 401), ("empty parts", "Bearer ..", 401),
            ("no algorithm", "Bearer eyJhbGciOiJub25lIn0.e30.", 401), ("an encrypted one", "Bearer a.b.c.d.e", 401),
            ("no Base64", "Bearer *.*.*", 401), ("a token alone", "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", 401),
            ("33 KiB", "Bearer \(String(repeating: "a", count: 33 << 10))", 401),
            ("42 KiB", "Bearer \(String(repeating: "a", count: 42 << 10))", 401),
            ("copies of none", "Bearer, Bearer", 401),
            ("tokens that differ, joined", "Bearer a, Bearer b", 400), ("copies, joined", "Bearer a, Bearer a", 401),
        ]
        return rows.map { name, value, status in
            var request = HostileRequest.fields("Authorization", name, [], .status(status))
            request.authorization = value
            return request
        }
    }

    private static var methods: [HostileRequest] {
        ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"].map { method in
            var request = HostileRequest.fields("method (T-16)", method, [], body: "", .status(405))
            request.method = method
            return request
        }
    }

    private static var contentTypes: [HostileRequest] {
        let bad = [
            "text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x", "application/json-rpc", "application/jsonx", "application", "*/*", "",
            "application/json, text/plain", "application/json; charset=utf-16", "application/json; charset=latin1",
            "application/json;charset=", "json", "application/json, application/json; charset=utf-16",
        ]
        let good = [
            "APPLICATION/JSON", "application/json; charset=UTF-8", #"application/json;charset="utf-8""#,
            "application/json; x=y", "application/json; charset=utf8", "application/json, application/json",
        ]
        let encodings = ["gzip", "br", "deflate", "identity, gzip", "x"]
        return HostileRequest.values(of: "Content-Type", "Content-Type (T-03)", bad, .error(415, -32600))
            + HostileRequest.values(of: "Content-Type", "Content-Type (T-03)", good, .result)
            + HostileRequest.values(of: "Content-Encoding", "Content-Encoding (T-04)", encodings, .error(415, -32600))
    }

    private static var accepted: [HostileRequest] {
        let bad = [
            "text/html", "image/*", "application/json;q=0, text/event-stream;q=0", "application/xml",
            "text/event-streams",
            "application/json;q=0.0", "q=1", ";", ",",
        ]
        let good = ["*/*", "application/*", "application/json;q=0.1", "text/html, */*;q=0.8", ""]
        return HostileRequest.values(of: "Accept", "Accept (T-01)", bad, .error(406, -32600))
            + HostileRequest.values(of: "Accept", "Accept (T-01)", good, .result)
    }
}
