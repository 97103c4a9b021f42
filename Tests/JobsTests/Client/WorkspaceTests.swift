internal import Jobs
internal import Testing

struct HostCase: CustomTestStringConvertible {
    let host: String
    /// The origin, or the problem when the address is refused.
    let expected: String

    var testDescription: String { host.debugDescription }

    static let accepted = [
        HostCase(host: "adb-1.7.azuredatabricks.net", expected: "https://adb-1.7.azuredatabricks.net"),
        HostCase(host: "https://adb-1.7.azuredatabricks.net", expected: "https://adb-1.7.azuredatabricks.net"),
        HostCase(host: "  HTTPS://ADB-1.7.azuredatabricks.NET//\n", expected: "https://adb-1.7.azuredatabricks.net"),
        HostCase(host: "https://adb-1.7.azuredatabricks.net:443/", expected: "https://adb-1.7.azuredatabricks.net"),
        HostCase(
            host: "https://adb-1.7.azuredatabricks.net/?o=1#job/2", expected: "https://adb-1.7.azuredatabricks.net"),
        HostCase(host: "adb-1.7.databricks.azure.us:8443", expected: "https://adb-1.7.databricks.azure.us:8443"),
        HostCase(host: "http://127.0.0.1:9100", expected: "http://127.0.0.1:9100"),
        HostCase(host: "http://127.3.2.1:80/", expected: "http://127.3.2.1"),
        HostCase(host: "http://localhost:9100", expected: "http://localhost:9100"),
        HostCase(host: "http://[::1]:9100", expected: "http://[::1]:9100"),
    ]

    static let refused = [
        HostCase(host: "", expected: "is empty"),
        HostCase(host: " \t\n", expected: "is empty"),
        HostCase(host: "http://adb-1.7.azuredatabricks.net", expected: "uses plain http"),
        HostCase(host: "http://127.0.0.1.example.com", expected: "uses plain http"),
        HostCase(host: "http://localhost.example.com", expected: "uses plain http"),
        HostCase(host: "http://127.0.0.256", expected: "uses plain http"),
        HostCase(host: "ftp://adb-1.7.azuredatabricks.net", expected: "has a scheme other than https"),
        HostCase(host: "https://adb-1.7.azuredatabricks.net/api/2.1", expected: "has a path"),
        HostCase(host: "https://user:secret@adb-1.7.azuredatabricks.net", expected: "has a user name or password"),
        HostCase(host: "https://adb-1.7.azuredatabricks.net:x", expected: "has a malformed port"),
        HostCase(host: "https://adb-1.7.azuredatabricks.net:0", expected: "has a malformed port"),
        HostCase(host: "https://adb 1.example", expected: "is not a host name"),
        HostCase(host: "https://a..b", expected: "is not a host name"),
        HostCase(host: "https://ädb.example", expected: "is not a host name"),
        HostCase(host: "https:///", expected: "is not a host name"),
        HostCase(host: "https://[::1", expected: "is not a host name"),
        HostCase(host: "a\r\nX-Evil: 1", expected: "is not a host name"),
    ]
}

@Suite struct WorkspaceTests {
    @Test("Normalises what people paste (D-05)", arguments: HostCase.accepted)
    func normalises(_ row: HostCase) throws {
        #expect(try Workspace(host: row.host).origin == row.expected)
    }

    @Test("Refuses what is not one origin, and says why (D-05, K-30)", arguments: HostCase.refused)
    func refuses(_ row: HostCase) {
        let error = #expect(throws: WorkspaceError.self) { try Workspace(host: row.host) }
        #expect(error?.problem.hasPrefix(row.expected) == true)
        #expect(error?.fix.isEmpty == false)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("Knows five paths in either version (D-01)", arguments: Workspace.APIVersion.allCases)
    func paths(_ version: Workspace.APIVersion) throws {
        let workspace = try Workspace(host: "adb-1.7.azuredatabricks.net", apiVersion: version)
        let base = "https://adb-1.7.azuredatabricks.net/api/\(version.rawValue)/jobs/"
        #expect(
            Endpoint.allCases.map { workspace.url(for: $0) }
                == ["list", "runs/list", "runs/get", "runs/get-output", "run-now"].map { base + $0 })
        #expect(Endpoint.allCases.filter(\.isPost) == [.runNow])
    }

    @Test("Encodes query values: lower-case booleans, exact integers, escaped tokens (D-02, D-08, D-46)")
    func query() throws {
        var query = QueryString()
        query.append("run_id", 9_007_199_254_740_993)
        query.append("active_only", true)
        query.append("page_token", "CAEQ97q7kfwxIL7F6NfD-wQ=")
        query.append("name", "Löad & go/100%\n~._-")
        #expect(
            try Workspace(host: "http://127.0.0.1:1").url(for: .getRun, query: query)
                == "http://127.0.0.1:1/api/2.2/jobs/runs/get?run_id=9007199254740993&active_only=true"
                + "&page_token=CAEQ97q7kfwxIL7F6NfD-wQ%3D&name=L%C3%B6ad%20%26%20go%2F100%25%0A~._-")
    }

    @Test("Builds run pages that do not redirect (D-68)")
    func runPage() throws {
        let workspace = try Workspace(host: "adb-1.7.azuredatabricks.net")
        #expect(workspace.runPage(job: 4, run: 5) == "https://adb-1.7.azuredatabricks.net/jobs/4/runs/5")
        #expect(
            workspace.runPage(job: 4, run: 5, workspaceID: "12")
                == "https://adb-1.7.azuredatabricks.net/jobs/4/runs/5?o=12")
    }
}

@Suite struct UserAgentTests {
    @Test("Names the product first and the client last (D-121, D-122)")
    func names() {
        let agent = UserAgent(version: "1.2.3")
        #expect(agent.text(clientName: nil) == "databricks-jobs-mcp/1.2.3 swift/6.3 os/linux")
        #expect(
            agent.text(clientName: "Visual Studio Code_1.99")
                == "databricks-jobs-mcp/1.2.3 swift/6.3 os/linux mcp-client/Visual-Studio-Code_1.99")
    }

    @Test("Lets nothing else through than the allowed characters, and not too many")
    func sanitises() {
        let agent = UserAgent(version: "1.0.0").text(clientName: "a\r\nX: é/" + String(repeating: "x", count: 100))
        let name = agent.split(separator: "mcp-client/").last ?? ""
        #expect(name.count == 64)
        #expect(name.hasPrefix("a--X-----xxx"))
    }
}
