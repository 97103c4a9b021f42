internal import HTTPSyntax

/// Reads a workspace address the way people write it (D-05).
struct HostName {
    /// Scheme and authority, lower case, without default port or trailing slash.
    let origin: String

    init(parsing text: String) throws(WorkspaceError) {
        let trimmed = Substring(text).trimmingASCIIWhitespace()
        guard !trimmed.isEmpty else {
            throw WorkspaceError(problem: "is empty", fix: Self.example)
        }
        guard let parts = URLParts(trimmed) ?? URLParts("https://\(trimmed)"),
            case let scheme = parts.scheme.lowercased(), scheme == "https" || scheme == "http"
        else {
            throw WorkspaceError(problem: "has a scheme other than https", fix: Self.example)
        }
        // A pasted `/?o=1234` is harmless; a path would be dropped silently, so it is refused.
        guard parts.path.allSatisfy({ $0 == "/" }) else {
            throw WorkspaceError(problem: "has a path", fix: "leave out everything after the host name")
        }
        let authority = try Self.authority(of: parts)
        guard scheme == "https" || authority.isLoopback else {
            throw WorkspaceError(
                problem: "uses plain http, which is accepted for loopback addresses only", fix: "use https://")
        }
        let hasDefaultPort = authority.port == WebOrigin.defaultPort(of: scheme)
        origin = "\(scheme)://\(hasDefaultPort ? authority.host : authority.description)"
    }

    private static let example = "set it to the workspace's address, such as adb-1234567890123456.7.azuredatabricks.net"

    private static func authority(of parts: URLParts) throws(WorkspaceError) -> Authority {
        guard parts.userInfo == nil else {
            throw WorkspaceError(
                problem: "has a user name or password", fix: "leave out everything before the host name")
        }
        let nameProblem = WorkspaceError(
            problem: "is not a host name", fix: "write only the host name of the workspace")
        let portProblem = WorkspaceError(
            problem: "has a malformed port", fix: "leave the port out or write 1 to 65535")
        let authority: Authority
        do throws(Authority.Problem) { authority = try Authority(parsing: parts.authority) } catch {
            throw error == .port ? portProblem : nameProblem
        }
        guard authority.isDomainName || authority.host.hasPrefix("[") else { throw nameProblem }
        return authority
    }
}

extension Substring {
    /// The text without leading and trailing blanks, tabs and line breaks.
    fileprivate func trimmingASCIIWhitespace() -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        let start = drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start.prefix(0) }
        return start[...last]
    }
}
