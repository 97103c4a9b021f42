/// What anybody may know about this server: no more than the sign-in documents and a challenge say.
package struct ServerFacts: Sendable {
    /// The name that programs read.
    package var name: String
    /// The name that people read.
    package var title: String
    /// The version of the product.
    package var version: String
    /// The address of the MCP endpoint, as users type it (E-130).
    package var endpoint: String
    /// Where the protected resource metadata is.
    package var metadataURL: String
    /// Where clients sign their users in.
    package var authorizationServer: String
    /// The scopes to ask for, fully qualified (E-133).
    package var scopes: [String]
    /// The protocol revisions that are offered, newest first.
    package var protocolVersions: [String]
    /// The tools in the order in which they are listed.
    package var tools: [Tool]
    /// Whether jobs cannot be started.
    package var isReadOnly: Bool
    /// The organisation's page about this server, if it has one: an `https` address.
    package var documentationURL: String?

    /// One tool.
    package struct Tool: Sendable {
        /// The name that clients call it by.
        package var name: String
        /// What it does, in a few words.
        package var summary: String

        /// Creates a row.
        package init(name: String, summary: String) { (self.name, self.summary) = (name, summary) }
    }

    /// Gathers the facts.
    package init(
        name: String, title: String, version: String, endpoint: String, metadataURL: String,
        authorizationServer: String, scopes: [String], protocolVersions: [String], tools: [Tool], isReadOnly: Bool,
        documentationURL: String? = nil
    ) {
        self.name = name
        self.title = title
        self.version = version
        self.endpoint = endpoint
        self.metadataURL = metadataURL
        self.authorizationServer = authorizationServer
        self.scopes = scopes
        self.protocolVersions = protocolVersions
        self.tools = tools
        self.isReadOnly = isReadOnly
        self.documentationURL = documentationURL
    }
}
