/// A person in the sandbox's directory.
struct DirectoryUser: Sendable {
    /// The short name that commands and control calls use.
    let name: String
    let objectID: String
    let displayName: String
    /// The sign-in name, also the user name in the workspace.
    let principalName: String
    var isGuest = false
    /// App roles of the API that this person holds.
    var roles: [String] = []
    /// What the token endpoint does when the server asks for a token on this person's behalf.
    var script = OutcomeScript.ok
    /// What the token endpoint does when a client redeems a code or a refresh token of this person.
    var signInScript = OutcomeScript.ok

    /// The pairwise subject: stable, and different for each application.
    func subject(for clientID: String) -> String { "pairwise-\(name)-\(clientID.prefix(2))" }

    /// The people every sandbox starts with.
    static let initial: [DirectoryUser] = [
        DirectoryUser(
            name: "alice", objectID: "0d000000-0000-4000-8000-000000000003", displayName: "Alice Andersson",
            principalName: "alice@contoso.example"),
        DirectoryUser(
            name: "bob", objectID: "0d000000-0000-4000-8000-000000000013", displayName: "Bob Berg",
            principalName: "bob@contoso.example"),
        DirectoryUser(
            name: "guest", objectID: "0d000000-0000-4000-8000-000000000023", displayName: "Gustav Guest",
            principalName: "gustav_fabrikam.example#EXT#@contoso.example", isGuest: true),
        DirectoryUser(
            name: "nora", objectID: "0d000000-0000-4000-8000-000000000033", displayName: "Nora Nilsson",
            principalName: "nora@contoso.example"),
    ]
}
