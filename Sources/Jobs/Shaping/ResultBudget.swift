internal import JSON
internal import MCP

/// Keeps a result within what its caller asked for (K-11, TC-04, P-73).
struct ResultBudget: Sendable {
    /// Bytes of text, its last line about omissions included (K-11).
    static let text = 4 << 10
    /// Bytes of text before that line.
    static let digest = text - 384
    /// Bytes for the envelope of the answer and for escapes in the text.
    private static let envelope = 768

    /// How much the caller wants.
    let detail: Detail
    /// Bytes of structured content.
    let structured: Int
    /// Bytes of structured content that the shortest form of a list may take: no summary loses an item.
    let roomForLists: Int
    /// Whether `detail: full` shows more than this result may.
    private let canGrow: Bool
    /// What helps beside a larger result, or instead of it.
    private let more: String
    private let ladder: ArraySlice<Reduction>

    /// - Parameters:
    ///   - detail: How much the caller wants.
    ///   - limits: How much there may be.
    ///   - more: What helps when `detail` is `full` already.
    init(_ detail: Detail, _ limits: ResultLimits, more: String) {
        let total =
            switch detail {
            case .summary: min(8 << 10, limits.standard)
            case .standard: limits.standard
            case .full: ResultLimits.maximum
            }
        self.detail = detail
        structured = total - Self.text - Self.envelope
        roomForLists = max(total, limits.standard) - Self.text - Self.envelope
        canGrow = total < ResultLimits.maximum
        self.more = more
        ladder = detail == .summary ? Reduction.ladder[3...] : Reduction.ladder[...]
    }

    /// How many steps the ladder was climbed down to come to `reduction`.
    func step(of reduction: Reduction) -> Int {
        (ladder.firstIndex(of: reduction) ?? ladder.endIndex) - ladder.startIndex
    }

    /// What one reduction led to.
    struct Draft {
        let bytes: [UInt8]
        let omissions: Omissions
        /// How to get what is missing; empty when there is no way.
        var advice = ""
    }

    /// How to get what `omissions` name: nothing that would not help.
    ///
    /// - Parameters:
    ///   - omissions: What a result lacks.
    ///   - isMoreOffered: Whether the tool's own advice can be followed.
    /// - Returns: The ways, joined; empty when there is none.
    func advice(for omissions: Omissions, isMoreOffered: Bool = true) -> String {
        var ways: [String] = []
        if canGrow, omissions.shrinks { ways.append("detail \"full\" shows more") }
        if isMoreOffered, omissions.shrinks { ways.append(more) }
        return (ways + omissions.ways).joined(separator: "; ")
    }

    /// Writes with the first reduction whose result fits.
    ///
    /// - Parameters:
    ///   - items: Elements of the leading list.
    ///   - write: Writes the whole structured part, one JSON object, with a given reduction.
    /// - Returns: The result of the last attempt.
    func fit(items: Int, _ write: (Reduction) -> Draft) -> Draft {
        var draft = Draft(bytes: [], omissions: Omissions())
        var reduction = Reduction.none
        for step in ladder {
            reduction = step
            draft = write(step)
            if draft.bytes.count <= structured { return draft }
        }
        var kept = items
        while draft.bytes.count > structured, kept > 0 {
            // In proportion, with a margin for items of uneven size; always at least one less.
            kept = min(kept - 1, kept * structured * 9 / (draft.bytes.count * 10))
            reduction.itemLimit = max(0, kept)
            draft = write(reduction)
        }
        return draft
    }

    /// Joins a digest and a structured part; the text says what the other one lacks, and how to get it.
    func result(_ digest: String, _ draft: Draft) -> ToolResult {
        guard !draft.omissions.isEmpty else { return ToolResult(text: digest, structured: draft.bytes) }
        let advice = draft.advice.isEmpty ? "" : "; \(draft.advice)"
        let room = Self.text - digest.utf8.count - advice.utf8.count - 48
        let list = TextCut.words(draft.omissions.sentences.joined(separator: "; "), limit: max(0, room))
        return ToolResult(
            text: "\(digest)\nLeft out of the structured content: \(list)\(advice).", structured: draft.bytes)
    }
}
