/// A key set about to replace another, and how they differ.
struct KeySetChange {
    /// The new set by key id; a key that stays is the same object, because cached verdicts refer to it.
    private(set) var keys: [String: PublishedKey] = [:]
    /// Ids that are new, or whose key is another one now.
    private(set) var added: [String] = []
    /// Keys that are withdrawn.
    let removed: [PublishedKey]
    /// Entries of the document that OpenSSL accepts no key from (E-07).
    private(set) var rejected = 0

    init(from old: [String: PublishedKey], to document: JWKSDocument) {
        for entry in document.entries {
            if let kept = old[entry.id], kept.entry == entry {
                keys[entry.id] = kept
            } else if let key = try? PublishedKey(entry) {
                keys[entry.id] = key
                added.append(entry.id)
            } else {
                rejected += 1
            }
        }
        let new = keys
        removed = old.values.filter { new[$0.id] !== $0 }
    }

    var isNews: Bool { !added.isEmpty || !removed.isEmpty }
}
