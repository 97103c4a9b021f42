/// What somebody may do in the workspace.
struct WorkspaceMember: Sendable {
    /// From nothing to starting runs.
    enum Level: String, Sendable, CaseIterable, Comparable {
        case none, view, run

        static func < (left: Level, right: Level) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// The name that messages use.
    let userName: String
    /// The level on every job that ``levels`` does not name.
    var base: Level
    var levels: [Int64: Level] = [:]

    func level(on jobID: Int64) -> Level { levels[jobID] ?? base }

    func requireView(on jobID: Int64) throws(WorkspaceError) {
        guard level(on: jobID) >= .view else {
            throw .permission(userName, needs: "View or Admin or Manage Run or Owner", jobID: jobID)
        }
    }

    func requireRun(on jobID: Int64) throws(WorkspaceError) {
        guard level(on: jobID) >= .run else {
            throw .permission(userName, needs: "Admin or Manage Run or Owner", jobID: jobID)
        }
    }
}
