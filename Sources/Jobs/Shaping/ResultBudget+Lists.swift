internal import MCP

extension ResultBudget {
    /// How a page fits.
    enum ListFit {
        /// Every item is there.
        case whole(Draft)
        /// Not even the shortest form of all items fits; about so many would.
        case tooLong(roomFor: Int)
    }

    /// Writes a page with the best grades whose result fits, and never without an item.
    ///
    /// One step is chosen for all items, and the one above it for as many as there is room for: no step is a cliff.
    ///
    /// - Parameters:
    ///   - items: How many there are.
    ///   - weight: Bytes of what is copied: what is several times too large is not even tried complete.
    ///   - ladder: The grades.
    ///   - ranks: Which items deserve more; the first ones when `nil`.
    ///   - keepsSize: Whether a summary keeps to its size even if items do not fit.
    ///   - write: Writes the structured part, one JSON object, with given grades.
    /// - Returns: The best draft, or that there is none.
    func fit(
        items: Int, weight: Int, ladder: ItemGrade.Ladder, ranks: [Int]? = nil, keepsSize: Bool = false,
        _ write: (GradePlan) -> Draft
    ) -> ListFit {
        let best = detail == .summary ? ladder.summary : 0
        let first = detail != .summary && weight > 8 * structured ? 3 : best
        let room = detail == .summary && !keepsSize ? roomForLists : structured
        if structured < room {
            // A summary takes more room only for what would be lost without it.
            for step in first..<ladder.endOfSummary {
                let draft = write(GradePlan(base: ladder.grades[step], ranks: ranks, stopsAt: structured))
                if draft.bytes.count <= structured { return .whole(draft) }
            }
        }
        var draft = Draft(bytes: [], omissions: Omissions())
        for step in first..<ladder.grades.count {
            let isLast = step == ladder.grades.count - 1
            var plan = GradePlan(base: ladder.grades[step], ranks: ranks, stopsAt: isLast ? .max : room)
            draft = write(plan)
            guard draft.bytes.count <= room else { continue }
            guard step > best else { return .whole(draft) }
            plan.better = ladder.grades[step - 1]
            plan.stopsAt = room
            return .whole(improved(draft, plan, items, room, write))
        }
        // In proportion, with a margin for items of uneven size; always at least one less.
        let size = max(1, draft.bytes.count)
        return .tooLong(roomFor: max(1, min(items - 1, items * room * 9 / (size * 10))))
    }

    /// Gives the better grade to as many items as there is room for.
    private func improved(
        _ draft: Draft, _ plan: GradePlan, _ items: Int, _ room: Int, _ write: (GradePlan) -> Draft
    ) -> Draft {
        Self.fullest(of: items, within: room, insteadOf: draft) { count in
            var plan = plan
            plan.betterCount = count
            return write(plan)
        }
    }

    /// The draft for as many of `items` as fit, but not all, found by bisection; `least` where not even one does.
    ///
    /// Each try writes the whole result, so it ends where nine tenths of the room are used.
    private static func fullest(
        of items: Int, within room: Int, insteadOf least: Draft, _ write: (Int) -> Draft
    ) -> Draft {
        var best = least
        var (low, high) = (0, items)
        while high - low > 1, best.bytes.count < room / 10 * 9 {
            let count = (low + high) / 2
            let attempt = write(count)
            if attempt.bytes.count <= room { (best, low) = (attempt, count) } else { high = count }
        }
        return best
    }

    /// The shortest form of as many items as fit and a few in a longer one, when there is no other page to be had; says
    /// what is missing.
    ///
    /// - Parameters:
    ///   - items: How many there are.
    ///   - ladder: The grades.
    ///   - ranks: Which items come first.
    ///   - write: Writes the structured part, one JSON object, with given grades.
    /// - Returns: The fullest draft within the room, or one without any item.
    func cut(items: Int, ladder: ItemGrade.Ladder, ranks: [Int], _ write: (GradePlan) -> Draft) -> Draft {
        let shortest = ladder.grades.count - 1
        var plan = GradePlan(base: ladder.grades[shortest], better: ladder.grades[shortest - 3], ranks: ranks)
        plan.betterCount = 5
        plan.itemLimit = 0
        return Self.fullest(of: items, within: structured, insteadOf: write(plan)) { count in
            plan.itemLimit = count
            return write(plan)
        }
    }

    /// The shortest form of as many items as fit, when there is no shorter page to be had; says what is missing.
    func cut(
        items: Int, to room: Int, ladder: ItemGrade.Ladder, _ write: (GradePlan) -> Draft
    ) -> Draft {
        var plan = GradePlan(base: ladder.grades[ladder.grades.count - 1], itemLimit: room)
        var draft = write(plan)
        while draft.bytes.count > roomForLists, plan.itemLimit > 0 {
            plan.itemLimit = min(plan.itemLimit - 1, plan.itemLimit * roomForLists * 9 / (draft.bytes.count * 10))
            draft = write(plan)
        }
        return draft
    }
}
