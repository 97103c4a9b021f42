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

    /// Creates a description.
    package init(name: String, title: String, version: String, instructions: String) {
        self.name = name
        self.title = title
        self.version = version
        self.instructions = instructions
    }
}
