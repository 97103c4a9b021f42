/// The app roles that let applications in, by the values that the app registration gives them (E-80).
///
/// Values compare exactly, in case too. Declared with `allowedMemberTypes: ["Application"]` only.
package struct MachineRoles: Sendable, Equatable {
    /// `MCP_MACHINE_READ_ROLE`: may use the tools that only look.
    package let read: String
    /// `MCP_MACHINE_RUN_ROLE`: may start jobs; does not imply ``read`` (E-85).
    package let run: String

    /// The names that the guides use, `Jobs.Read` and `Jobs.Run`, unless given.
    package init(read: String = "Jobs.Read", run: String = "Jobs.Run") {
        self.read = read
        self.run = run
    }

    /// What a token's `roles` mean here; unknown ones mean nothing.
    func granted(by roles: [String]) -> GrantedRoles {
        GrantedRoles(names: self, mayRead: roles.contains(read), mayRun: roles.contains(run))
    }
}

/// The known app roles of one application.
package struct GrantedRoles: Sendable, Equatable {
    /// What the roles are called here.
    package let names: MachineRoles
    /// Whether the application may use the tools that only look.
    package let mayRead: Bool
    /// Whether the application may start jobs.
    package let mayRun: Bool

    /// Whether the application has no role that this server knows.
    var isEmpty: Bool { !mayRead && !mayRun }

    /// The known roles, separated by blanks, for the audit line (E-89).
    package var text: String {
        [mayRead ? names.read : nil, mayRun ? names.run : nil].compactMap { $0 }.joined(separator: " ")
    }
}
