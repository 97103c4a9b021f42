/// What a document may cost and which ambiguities are tolerated; the caller knows who wrote it.
package struct JSONLimits: Sendable, Hashable {
    /// What happens when an object names a member twice.
    package enum DuplicateNames: Sendable, Hashable {
        /// The document is refused: two readers could see different values.
        case reject
        /// The first member wins every look-up; copies keep both.
        case keepFirst
    }

    /// What happens to an escaped surrogate that has no partner, which no UTF-8 text can hold.
    package enum LoneSurrogates: Sendable, Hashable {
        /// The document is refused.
        case reject
        /// It reads as U+FFFD, also in copies.
        case replace
    }

    /// How many arrays and objects may be open at once; a scalar document has depth 0.
    package var maximumDepth: Int
    /// How many values there may be, containers included, member names not: at most 16,777,215.
    package var maximumValues: Int
    /// Equal member names, compared after decoding their escapes.
    package var duplicateNames: DuplicateNames
    /// Surrogate escapes without a partner.
    package var loneSurrogates: LoneSurrogates

    /// Creates limits; see the three presets for the values in use.
    package init(
        maximumDepth: Int, maximumValues: Int, duplicateNames: DuplicateNames, loneSurrogates: LoneSurrogates
    ) {
        self.maximumDepth = maximumDepth
        self.maximumValues = min(maximumValues, Node.maximumCount)
        self.duplicateNames = duplicateNames
        self.loneSurrogates = loneSurrogates
    }

    /// For the body of an MCP request (J-08).
    package static let request = JSONLimits(
        maximumDepth: 64, maximumValues: 10_000, duplicateNames: .reject, loneSurrogates: .reject)

    /// For the header and claims of a token (E-04, E-09), which hold a few dozen values.
    package static let token = JSONLimits(
        maximumDepth: 16, maximumValues: 2_000, duplicateNames: .reject, loneSurrogates: .reject)

    /// For answers of Entra ID and Databricks: generous, since refusing one helps nobody.
    package static let upstream = JSONLimits(
        maximumDepth: 128, maximumValues: 2_000_000, duplicateNames: .keepFirst, loneSurrogates: .replace)
}
