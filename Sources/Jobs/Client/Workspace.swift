/// One Azure Databricks workspace: where it is and which version of the Jobs API to speak.
package struct Workspace: Sendable, Hashable {
    /// The versions of the Jobs API that this server speaks (D-18 to D-28).
    package enum APIVersion: String, Sendable, CaseIterable {
        /// Arrays are not documented to be paged inside a run.
        case v21 = "2.1"
        /// Arrays inside a run come in pages of at most 100 elements.
        case v22 = "2.2"
    }

    /// Scheme and authority without a trailing slash, such as `https://adb-1234567890123456.7.azuredatabricks.net`.
    package let origin: String
    /// The version in the path of every call.
    package let apiVersion: APIVersion

    private let urls: [String]

    /// Normalises `host` as the official SDKs do: adds `https://`, drops port 443, path `/` and query (D-05).
    ///
    /// - Parameters:
    ///   - host: What an operator writes or pastes: a host name, or the address of any page of the workspace.
    ///   - apiVersion: The version in the path of every call.
    /// - Throws: ``WorkspaceError`` for anything that is not one `https` origin; plain `http` is for loopback (K-30).
    package init(host: String, apiVersion: APIVersion = .v22) throws(WorkspaceError) {
        let origin = try HostName(parsing: host).origin
        self.origin = origin
        self.apiVersion = apiVersion
        urls = Endpoint.allCases.map { "\(origin)/api/\(apiVersion.rawValue)/jobs/\($0.rawValue)" }
    }

    /// The address of one call.
    package func url(for endpoint: Endpoint, query: QueryString = QueryString()) -> String {
        query.isEmpty ? urls[endpoint.index] : urls[endpoint.index] + query.text
    }

    /// The page of a run in the workspace, in the form that does not redirect non-administrators (D-68).
    ///
    /// - Parameters:
    ///   - job: The job's id.
    ///   - run: The id of the job run or task run.
    ///   - workspaceID: The numeric workspace id, when an answer told it (D-15).
    /// - Returns: An address on ``origin``.
    package func runPage(job: Int64, run: Int64, workspaceID: String? = nil) -> String {
        let query = workspaceID.map { "?o=\($0)" } ?? ""
        return "\(origin)/jobs/\(job)/runs/\(run)\(query)"
    }
}

/// Why a workspace address was refused: for the operator who wrote the setting.
package struct WorkspaceError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, as the rest of a sentence that starts with the setting's name.
    package let problem: String
    /// What to write instead.
    package let fix: String

    /// Problem and fix in one line.
    package var description: String { "\(problem); \(fix)" }
}
