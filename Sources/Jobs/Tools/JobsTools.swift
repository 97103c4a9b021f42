package import MCP

/// The five tools of this server (K-02).
package enum JobsTools {
    /// All tools, in the order in which they are listed (TL-02); without `run_now` where nothing may be started (P-88).
    package static func all(client: DatabricksClient) -> [any Tool<any WorkspaceTokenProviding>] {
        let reading: [any Tool<any WorkspaceTokenProviding>] = [
            ListJobs(client: client), ListRuns(client: client), GetRun(client: client), GetRunOutput(client: client),
        ]
        return client.configuration.guardRails.isReadOnly ? reading : reading + [RunNow(client: client)]
    }
}
