internal import HTTPSyntax
internal import Testing

@Suite struct AuthorityTests {
    @Test(
        "Reads a host and its port, in lower case (RFC 3986 section 3.2)",
        arguments: [
            ("h", "h", nil), ("Jobs-MCP.Example.COM:8443", "jobs-mcp.example.com", 8_443), ("a_b", "a_b", nil),
            ("127.0.0.1:1", "127.0.0.1", 1), ("h:65535", "h", 65_535), ("h:0443", "h", 443), ("h.", "h.", nil),
            ("[::1]", "[::1]", nil), ("[FE80::A:1]:9100", "[fe80::a:1]", 9_100),
            ("[::ffff:10.0.0.1]", "[::ffff:10.0.0.1]", nil),
        ] as [(String, String, Int?)])
    func reads(text: String, host: String, port: Int?) {
        let authority = Authority(text)
        #expect(authority?.host == host && authority?.port == port)
        #expect(authority.map { Authority("\($0)") } == authority)
    }

    @Test(
        "Says whether host or port is wrong",
        arguments: [
            ("", .host), (":80", .host), ("a b", .host), ("a/b", .host), ("user@h", .host), ("é", .host),
            ("h\u{0}", .host), ("a%20b", .host), ("a\r\nb", .host),
            // What one copy of this rule or another once took for addresses.
            ("[]", .host), ("[::1", .host), ("::1", .host), ("[zz]", .host), ("[1]", .host), ("[.]", .host),
            ("[::１]", .host), ("[::1%25eth0]", .host), ("[a[b]", .host), ("[::1]x", .port), ("[:::]", .host),
            ("h:", .port), ("h:0", .port), ("h:65536", .port), ("h:x", .port), ("h:1:2", .port), ("h:443:443", .port),
            ("h:+443", .port), ("h:-1", .port), ("h: 1", .port), ("h:٣", .port), ("h:99999999999999999999", .port),
        ] as [(String, Authority.Problem)])
    func refuses(text: String, problem: Authority.Problem) {
        #expect(throws: problem) { try Authority(parsing: text[...]) }
        #expect(Authority(text) == nil)
    }

    @Test(
        "Knows what can only be this machine (RFC 1122, RFC 4291, RFC 6761)",
        arguments: [
            ("localhost", true), ("LocalHost", true), ("127.0.0.1", true), ("127.3.2.1", true),
            ("127.255.255.255", true), ("::1", true), ("[::1]", true), ("0:0:0:0:0:0:0:1", true),
            ("[0000::0001]", true),
            ("", false), ("128.0.0.1", false), ("::", false), ("[::2]", false), ("[fe80::1]", false),
            ("0.0.0.0", false), ("localhost.", false), ("x.localhost", false), ("localhost.example.com", false),
            // What one copy or another once took for loopback.
            ("127.example.com", false), ("127.0.0.1.example.com", false), ("127.0.0.256", false), ("127.1", false),
            ("127.0.0.1 ", false), ("127.0.0.0.1", false), ("127.", false), ("127.0.0.1\u{0}.example.com", false),
        ])
    func loopback(host: String, isLoopback: Bool) {
        #expect(Authority.isLoopback(host) == isLoopback)
        #expect(Authority(host).map(\.isLoopback) ?? isLoopback == isLoopback)
    }

    @Test(
        "Tells names in labels from other hosts (RFC 1123 section 2.1)",
        arguments: [
            ("adb-1.7.azuredatabricks.net", true), ("h", true), ("10.0.0.1", true), ("a_b", false), ("a..b", false),
            (".a", false), ("a.", false), ("-a", false), ("a-.b", false), ("[::1]", false),
            (String(repeating: "a", count: 63), true), (String(repeating: "a", count: 64), false),
            (Array(repeating: "abcd", count: 51).joined(separator: "."), false),
        ])
    func domainNames(host: String, isDomainName: Bool) {
        #expect(Authority(host: host, port: nil).isDomainName == isDomainName)
    }

    @Test(
        "Writes the address of a socket so that a URL can have it, and finds it from its own machine",
        arguments: [
            ("127.0.0.1", "127.0.0.1:80", "127.0.0.1:80"), ("0.0.0.0", "0.0.0.0:80", "127.0.0.1:80"),
            ("::", "[::]:80", "[::1]:80"), ("[::]", "[::]:80", "[::1]:80"), ("fd00::7", "[fd00::7]:80", "[fd00::7]:80"),
            ("localhost", "localhost:80", "localhost:80"),
        ])
    func sockets(address: String, authority: String, local: String) {
        #expect(Authority(address: address, port: 80).description == authority)
        #expect(Authority(address: address, port: 80).onThisMachine.description == local)
    }
}

@Suite struct URLPartsTests {
    @Test(
        "Cuts a URL at its borders (RFC 3986 appendix B)",
        arguments: [
            ("http://h", ["http", nil, "h", "", "", nil]),
            ("https://h:1/a/b?c=d?e#f#g", ["https", nil, "h:1", "/a/b", "/a/b?c=d?e", "f#g"]),
            ("HTTP://u:p@h/", ["HTTP", "u:p", "h", "/", "/", nil]),
            ("http://a@b@h?x", ["http", "a@b", "h", "", "?x", nil]),
            ("x+y.z-1://h#", ["x+y.z-1", nil, "h", "", "", ""]),
            ("http:///x", ["http", nil, "", "/x", "/x", nil]),
            ("api://id/jobs", ["api", nil, "id", "/jobs", "/jobs", nil]),
            ("http://h/a://b@c", ["http", nil, "h", "/a://b@c", "/a://b@c", nil]),
            ("http://h?u=a@b/c", ["http", nil, "h", "", "?u=a@b/c", nil]),
            ("http://é/ü", ["http", nil, "é", "/ü", "/ü", nil]),
        ] as [(String, [String?])])
    func cuts(text: String, parts: [String?]) throws {
        let url = try #require(URLParts(text))
        let found = [url.scheme, url.userInfo, url.authority, url.path, url.target, url.fragment]
        #expect(found.map { $0.map(String.init) } == parts)
    }

    @Test(
        "Has no parts without a scheme and an authority",
        arguments: [
            "", "h", "h:80", "/a", "//h", "://h", "http:h", "http:/h", "1http://h", "+x://h", "ht tp://h", "é://h",
            "x?u=http://h", "/x?u=http://h", "localhost:80/http://h", "mailto:a@b",
        ])
    func refuses(text: String) {
        #expect(URLParts(text) == nil)
    }

    @Test(
        "Tells paths that read the same to everybody",
        arguments: [
            ("", true), ("/", true), ("/a/B-c._~/d:e", true), ("/%41%7e", true), ("/%zz", false), ("/%4", false),
            ("/a b", false), ("/\"", false), ("/a;b", false), ("/é", false), ("/[x]", false), ("/a@b", false),
        ])
    func plainPaths(path: String, isPlain: Bool) {
        #expect(URLParts("http://h\(path)")?.hasPlainPath == isPlain)
    }
}

@Suite struct WebOriginTests {
    @Test(
        "Fills in the port, and leaves it out when it is the scheme's own (RFC 6454)",
        arguments: [
            ("https://h", 443, "https://h"), ("HTTPS://H:443", 443, "https://h"), ("http://h:80", 80, "http://h"),
            ("http://h:443", 443, "http://h:443"), ("https://h:8443", 8_443, "https://h:8443"),
            ("http://[::1]:8000", 8_000, "http://[::1]:8000"), ("app://x", nil, "app://x"),
            ("app://x:80", 80, "app://x:80"),
        ] as [(String, Int?, String)])
    func reads(text: String, port: Int?, description: String) {
        #expect(WebOrigin(text)?.authority.port == port)
        #expect(WebOrigin(text)?.description == description)
    }

    @Test(
        "Is nothing but an origin",
        arguments: [
            "", "null", "h", "https://", "https://h/", "https://h?x", "https://h#", "https://u@h", "https://h:",
            "https://h:80:80",
        ])
    func refuses(text: String) {
        #expect(WebOrigin(text) == nil)
    }

    @Test("Comes of a URL, whatever its path, and of none with a user name")
    func ofURL() throws {
        #expect(URLParts("https://H/a?b#c").flatMap(WebOrigin.init(of:)) == WebOrigin("https://h:443"))
        #expect(URLParts("https://u@h/a").flatMap(WebOrigin.init(of:)) == nil)
        #expect(try #require(WebOrigin("http://h")).isHTTP && !(try #require(WebOrigin("app://h")).isHTTP))
    }
}
