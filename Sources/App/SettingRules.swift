internal import Auth
internal import Jobs
internal import Logging
internal import Observability

/// Checks of values that no other module has a type for; every throw says what to write instead.
enum SettingRules {
    /// An identifier of Entra ID.
    static func guid(_ text: String) throws(SettingAdvice) -> GUID {
        guard let guid = GUID(text) else {
            throw SettingAdvice("must be a GUID such as 11111111-2222-3333-4444-555555555555, not '\(text.excerpt)'")
        }
        guard text.contains(where: { $0 != "0" && $0 != "-" }) else {
            throw SettingAdvice("is the GUID of nothing, a placeholder; set the real one")
        }
        return guid
    }

    /// The public address of this server; plain `http` is for this machine only.
    static func publicURL(_ text: String) throws(SettingAdvice) -> PublicURL {
        guard let url = PublicURL(text) else {
            throw SettingAdvice(
                "must be the server's public address, such as https://jobs-mcp.example.com, not '\(text.excerpt)'")
        }
        guard !url.path.hasSuffix("/mcp") else {
            throw SettingAdvice("must not end in /mcp; that part is added to it")
        }
        guard url.origin.hasPrefix("https://") || url.isLoopback else {
            throw SettingAdvice("must start with https:// unless it is on this machine (localhost or 127.0.0.1)")
        }
        return url
    }

    /// An identifier URI of the app registration; it becomes part of a quoted header parameter (A-17).
    static func identifierURI(_ text: String) throws(SettingAdvice) -> String {
        if let placeholder = text.first(where: { "{}<>$".contains($0) }) {
            throw SettingAdvice("holds a placeholder ('\(placeholder)' of '\(text.excerpt)'); put the real value there")
        }
        guard ProtectedResourceMetadata.isScopeText(text), text.contains("://"), !text.hasSuffix("/") else {
            throw SettingAdvice(
                "must be an identifier URI of the app registration without a trailing slash, such as "
                    + "https://jobs-mcp.example.com/mcp or api://<client id>, not '\(text.excerpt)'")
        }
        return text
    }

    /// What every user's token must carry: short names, as `scp` has them (E-14, E-133).
    static func requiredScopes(_ names: [String]) throws(SettingAdvice) -> [String] {
        for name in names {
            guard !notInTokens.contains(name.lowercased()) else {
                throw SettingAdvice(
                    "must not hold '\(name.excerpt)', which clients ask Entra ID for and no access token of this server "
                        + "carries, so that nobody could call; name the scope that the API exposes, such as jobs")
            }
            guard !name.contains("/"), ProtectedResourceMetadata.isScopeText(name) else {
                throw SettingAdvice(
                    "takes short scope names such as jobs, as tokens carry them, not '\(name.excerpt)' (E-133)")
            }
        }
        guard !names.isEmpty else { throw SettingAdvice("must name at least one scope, such as jobs") }
        return names
    }

    private static let notInTokens: Set<String> = ["openid", "profile", "email", "offline_access", ".default"]

    /// A page for people, which becomes a link.
    static func webPage(_ text: String) throws(SettingAdvice) -> String {
        guard text.hasPrefix("https://"), text.utf8.count <= 2_048, ProtectedResourceMetadata.isScopeText(text),
            PublicURL(String(text.prefix { $0 != "?" && $0 != "#" })) != nil
        else {
            throw SettingAdvice(
                "must be the address of a page, such as https://wiki.example.com/jobs-mcp, not '\(text.excerpt)'")
        }
        return text
    }

    /// The workspace: it receives users' tokens, so it must be Azure Databricks unless the operator insists (E-158),
    /// and in the cloud that signs the users in: tokens of one cloud are worth nothing in another (E-41).
    ///
    /// - Parameters:
    ///   - text: What the operator wrote.
    ///   - version: `DATABRICKS_API_VERSION`.
    ///   - cloud: The cloud of `AZURE_AUTHORITY_HOST`; `nil` for a stand-in, which goes with any.
    ///   - allowsAnyHost: `DATABRICKS_ALLOW_ANY_HOST`.
    /// - Returns: The workspace.
    /// - Throws: What is wrong with `text`.
    static func workspace(
        _ text: String, version: Workspace.APIVersion, cloud: EntraCloud?, allowsAnyHost: Bool
    ) throws(SettingAdvice) -> Workspace {
        let workspace: Workspace
        do throws(WorkspaceError) { workspace = try Workspace(host: text, apiVersion: version) } catch {
            throw SettingAdvice(error.description)
        }
        let domains = (cloud.map { [$0] } ?? EntraCloud.allCases).map(\.databricksHostSuffix)
        let isLoopback = PublicURL(workspace.origin)?.isLoopback ?? false
        guard allowsAnyHost || isLoopback || domains.contains(where: workspace.origin.hasSuffix) else {
            throw SettingAdvice(
                "must end in \(domains.joined(separator: ", ")), the domain of Azure Databricks in the cloud of "
                    + "AZURE_AUTHORITY_HOST, because it receives users' tokens; set DATABRICKS_ALLOW_ANY_HOST=true if "
                    + "'\(text.excerpt)' is right (E-41, E-158)")
        }
        return workspace
    }

    /// A level by swift-log's names, or Python's as the original server documented them.
    static func logLevel(_ text: String) throws(SettingAdvice) -> Logger.Level {
        switch text.lowercased() {
        case "warn": return .warning
        case "fatal": return .critical
        case let name:
            guard let level = Logger.Level(rawValue: name) else {
                throw SettingAdvice(
                    "must be one of trace, debug, info, notice, warning, error, critical, not '\(text.excerpt)'")
            }
            return level
        }
    }

    /// `auth=debug,jobs=info`.
    static func subsystemLevels(
        _ text: String
    ) throws(SettingAdvice) -> [LogLevels.Subsystem: Logger.Level] {
        var levels: [LogLevels.Subsystem: Logger.Level] = [:]
        for pair in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                throw SettingAdvice("must hold pairs such as auth=debug,jobs=info, not '\(String(pair).excerpt)'")
            }
            guard let subsystem = LogLevels.Subsystem(rawValue: parts[0].lowercased()) else {
                let known = LogLevels.Subsystem.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingAdvice("knows the subsystems \(known), not '\(parts[0].excerpt)'")
            }
            guard levels[subsystem] == nil else { throw SettingAdvice("names \(subsystem.rawValue) twice") }
            levels[subsystem] = try logLevel(parts[1])
        }
        return levels
    }
}
