internal import JSON

/// A run that is answered as it was given: for shapes to which no plan of ours leads.
struct PlantedRun: Sendable {
    /// The arrays that `runs/get` sends in pages.
    private static let arrayNames = ["tasks", "iterations", "job_clusters", "job_parameters", "repair_history"]

    let run: JSONValue
    /// What `runs/get` says about other ids that belong to it, such as the iterations of a for-each task.
    let details: [Int64: JSONValue]
    /// What `runs/get-output` says.
    let outputs: [Int64: JSONValue]

    /// All ids by which the run's parts can be asked for.
    var partIDs: [Int64] {
        let documents = [run] + details.values
        let parts = documents.flatMap { document in
            ["tasks", "iterations"].flatMap { document[$0]?.list ?? [] }.compactMap { $0["run_id"]?.whole }
        }
        return parts + details.keys + outputs.keys
    }

    /// Where it is in its life, as its own words say.
    var phase: Phase {
        switch run["status"]?["state"]?.word ?? run["state"]?["life_cycle_state"]?.word {
        case "TERMINATED", "SKIPPED", "INTERNAL_ERROR": .terminated
        case "QUEUED": .queued
        case "PENDING": .pending
        default: .running
        }
    }

    /// The item of `runs/list`.
    func item(expandsTasks: Bool) -> JSONValue {
        let hidden = expandsTasks ? ["iterations", "repair_history"] : Self.arrayNames
        return Members(of: run).without(hidden).value
    }

    /// What `runs/get` says about the run or a part of it, and the arrays to be sent in pages; `nil` for an unknown part.
    func answer(_ id: Int64, withHistory: Bool) -> (object: Members, arrays: [(name: String, elements: [JSONValue])])? {
        let document = run["run_id"]?.whole == id ? run : details[id] ?? element(id)
        guard let document else { return nil }
        let names = Self.arrayNames.filter { withHistory || $0 != "repair_history" }
        let arrays = names.map { (name: $0, elements: document[$0]?.list ?? []) }
        return (Members(of: document).without(Self.arrayNames), arrays)
    }

    /// What `runs/get-output` says about a part; one without an output shows its own state.
    func output(_ id: Int64) -> JSONValue? {
        outputs[id] ?? element(id).map { Members(["metadata": $0]).value }
    }

    private func element(_ id: Int64) -> JSONValue? {
        for document in [run] + details.values {
            for name in ["tasks", "iterations"] {
                if let found = document[name]?.list.first(where: { $0["run_id"]?.whole == id }) { return found }
            }
        }
        return nil
    }
}

extension Members {
    fileprivate func without(_ names: [String]) -> Members {
        var copy = Members()
        for (name, value) in items where !names.contains(name) { copy.add(name, value) }
        return copy
    }
}

extension JSONValue {
    /// The elements of an array; none for other kinds.
    var list: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    /// An integer, written as one or as a decimal string.
    var whole: Int64? {
        switch self {
        case .integer(let number): number
        case .string(let text): Int64(text)
        default: nil
        }
    }
    /// The text of a string.
    var word: String? { if case .string(let text) = self { text } else { nil } }
}
