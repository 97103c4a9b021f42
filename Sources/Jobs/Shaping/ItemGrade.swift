/// How much of one item of a list a result repeats: the steps from complete to what the next step needs (TC-04, P-73).
///
/// No step loses an item: what does not fit gets shorter, and when the shortest form of all items does not fit either,
/// the tool asks the service for a shorter page.
struct ItemGrade: Sendable, Equatable {
    enum Form: Sendable, Equatable {
        /// The members of the service, reduced as ``ItemGrade/reduction`` says.
        case members
        /// Of a job: when it runs, and with which parameters and tags.
        case plan(Set<String>)
        /// Ids, outcome, times and the beginning of the message, or id and name.
        case brief
        /// The same, but of a task that nobody will ask about only what it is called and what became of it.
        case core
    }

    var form = Form.members
    var reduction = Reduction.none
    /// Bytes of a name.
    var nameLimit = Int.max
    /// Bytes of a run's message.
    var messageLimit = 0

    /// Long strings are cut first: descriptions and parameters weigh most and are asked for least.
    private static func strings(_ limits: [Int]) -> [ItemGrade] {
        limits.map { ItemGrade(reduction: Reduction(stringLimit: $0)) }
    }

    private static let whole =
        [ItemGrade()] + strings([8192, 4096, 2048, 1024, 512])
        + [512, 256].map { ItemGrade(reduction: Reduction(stringLimit: $0, dropsBulk: true)) }

    /// For jobs: what starts a job, its parameters and its tags go last.
    static let jobs = Ladder(
        whole
            + [
                plan(["queue", "run_as", "max_concurrent_runs", "tasks", "tags"], 120), plan(["tags"], 120),
                plan([], 80), ItemGrade(form: .brief, nameLimit: 120), ItemGrade(form: .brief, nameLimit: 40),
                ItemGrade(form: .brief, nameLimit: 20),
            ], summary: whole.count, endOfSummary: whole.count + 6)

    private static func plan(_ members: Set<String>, _ limit: Int) -> ItemGrade {
        let always: Set<String> = ["name", "schedule", "trigger", "triggers", "continuous", "parameters"]
        return ItemGrade(
            form: .plan(always.union(members)), reduction: Reduction(stringLimit: limit, dropsBulk: true),
            nameLimit: 120)
    }

    /// For runs: ids, outcome, cause and times stay, and of the message as much as there is room for.
    static let runs = Ladder(
        whole + [
            ItemGrade(reduction: Reduction(stringLimit: 300, dropsBulk: true, keepsEssentialsOnly: true)),
            brief(300, name: 120), brief(240, name: 80), brief(180, name: 60), brief(120, name: 40),
            brief(60, name: 40), brief(0, name: 24),
        ], summary: whole.count + 1, endOfSummary: whole.count + 6)

    /// For the tasks of a run, and for what the run itself says: what did not fail gets short first.
    static let tasks = Ladder(
        whole
            + [512, 256].map {
                ItemGrade(reduction: Reduction(stringLimit: $0, dropsBulk: true, keepsEssentialsOnly: true))
            } + [
                brief(300, name: 100), brief(300, name: 100, .core), brief(160, name: 100, .core),
                brief(60, name: 80, .core), brief(0, name: 80, .core),
            ], summary: whole.count + 1, endOfSummary: whole.count + 1)

    private static func brief(_ message: Int, name: Int, _ form: Form = .brief) -> ItemGrade {
        ItemGrade(
            form: form, reduction: Reduction(stringLimit: 256, keepsEssentialsOnly: true), nameLimit: name,
            messageLimit: message)
    }

    /// The grades of one kind of list, from complete to shortest.
    struct Ladder: Sendable {
        let grades: [ItemGrade]
        /// Where `detail: summary` begins.
        let summary: Int
        /// Where it would rather take more room than go on.
        let endOfSummary: Int

        init(_ grades: [ItemGrade], summary: Int, endOfSummary: Int) {
            self.grades = grades
            self.summary = summary
            self.endOfSummary = endOfSummary
        }
    }
}

/// The grades of a page's items: those first in rank have a better one than the rest, so that the budget is used.
struct GradePlan {
    /// The grade of most items.
    let base: ItemGrade
    /// One step better, for the first ``betterCount``.
    var better: ItemGrade?
    var betterCount = 0
    /// The rank of each item; `nil` when they rank as they stand.
    var ranks: [Int]?
    /// At most so many items are shown; only when the service cannot be asked for a shorter page.
    var itemLimit = Int.max
    /// Bytes after which writing on is pointless.
    var stopsAt = Int.max

    func grade(of index: Int) -> ItemGrade {
        guard let better, (ranks?[index] ?? index) < betterCount else { return base }
        return better
    }
}
