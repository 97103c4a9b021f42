/// How far a call has come, for a client that asked to be told (PRG-01 to PRG-04).
package struct ProgressUpdate: Sendable, Equatable {
    /// Grows from update to update; what it counts is the tool's business.
    package let progress: Double
    /// What ``progress`` will be at the end, if that is known.
    package let total: Double?
    /// A few words for people.
    package let message: String?

    /// Describes how far a call has come.
    package init(progress: Double, total: Double? = nil, message: String? = nil) {
        self.progress = progress
        self.total = total
        self.message = message
    }
}

/// Where a tool reports how far it has come; reports of a call whose client did not ask for them go nowhere.
package struct ProgressReporter: Sendable {
    private let deliver: (@Sendable (ProgressUpdate) async -> Void)?

    /// Takes reports and passes them on.
    package init(_ deliver: @escaping @Sendable (ProgressUpdate) async -> Void) { self.deliver = deliver }

    private init() { deliver = nil }

    /// For calls whose client wants no reports.
    package static let none = ProgressReporter()

    /// Whether anybody listens: what only serves a report need not be done otherwise.
    package var isWanted: Bool { deliver != nil }

    /// Reports how far the call has come; returns when the report is on its way.
    package func report(_ update: ProgressUpdate) async { await deliver?(update) }
}
