package import MCP

/// The five tools of this server (K-02).
package enum JobsTools {
    /// All tools, in the order in which they are listed (TL-02).
    package static func all(client: DatabricksClient) -> [any Tool<any WorkspaceTokenProviding>] {
        [
            ListJobs(client: client), ListRuns(client: client), GetRun(client: client), GetRunOutput(client: client),
            RunNow(client: client),
        ]
    }
}
