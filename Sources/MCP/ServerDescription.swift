/// What the server says about itself in `initialize` and `server/discover`.
package struct ServerDescription: Sendable {
    /// The name that programs read.
    package var name: String
    /// The name that people read.
    package var title: String
    /// The version of the product.
    package var version: String
    /// How a model should use the tools together.
    package var instructions: String
    /// Whether tools' log messages reach modern clients that ask for them; advertised as a capability (MOD-08).
    package var offersLogging: Bool

    /// Creates a description.
    package init(name: String, title: String, version: String, instructions: String, offersLogging: Bool = false) {
        self.name = name
        self.title = title
        self.version = version
        self.instructions = instructions
        self.offersLogging = offersLogging
    }
}
