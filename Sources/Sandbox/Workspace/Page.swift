internal import HTTPSyntax

/// A page of a list that is sorted from new to old, and how to get to its neighbours (D-35, D-40, D-51).
struct Page<Item: Sendable>: Sendable {
    let items: [Item]
    let next: PageToken?
    let previous: PageToken?

    /// Cuts a page out of `all`, which is sorted by descending key.
    init(
        of all: [Item], key: (Item) -> PageToken.Key, token: PageToken?, offset: Int, limit: Int, fingerprint: Int64
    ) {
        var start = min(offset, all.count)
        var end = min(start + limit, all.count)
        // The list is sorted, so the place is found by bisection.
        if let token, token.direction == .next {
            start = all.partitionPoint { key($0) >= token.key }
            end = min(start + limit, all.count)
        } else if let token {
            end = all.partitionPoint { key($0) > token.key }
            start = max(0, end - limit)
        }
        items = Array(all[start..<end])
        let last = end < all.count ? items.last : nil
        next = last.map { PageToken(.next, key($0), fingerprint: fingerprint) }
        // On an empty page after the last item the way back starts just below that item.
        let first = items.first.map(key) ?? all.last.map { key($0).predecessor }
        previous = start > 0 ? first.map { PageToken(.previous, $0, fingerprint: fingerprint) } : nil
    }
}

/// The limits that hold for all pages.
enum Paging {
    /// How many elements of an array inside one object version 2.2 sends at a time (D-20).
    static let elementsPerArray = 100

    /// The elements of such an array that come without asking for more.
    static func first<Element>(_ elements: [Element], _ version: APIVersion) -> ArraySlice<Element> {
        version == .v21 ? elements[...] : elements.prefix(elementsPerArray)
    }
}

/// An opaque page token: the kind of varint message in URL-safe Base64 that the real service hands out (D-46, D-128).
struct PageToken: Sendable {
    enum Direction: UInt64, Sendable {
        case previous = 0
        case next = 1
        /// Further elements of the arrays of one run (D-59).
        case withinRun = 2
    }

    /// Where in a list the page begins: a time, and an id to tell equal times apart.
    struct Key: Sendable, Comparable {
        let time: Int64
        let id: Int64

        static func < (left: Key, right: Key) -> Bool { (left.time, left.id) < (right.time, right.id) }

        var predecessor: Key { Key(time: time, id: id - 1) }
    }

    let direction: Direction
    let key: Key
    let fingerprint: Int64

    init(_ direction: Direction, _ key: Key, fingerprint: Int64) {
        self.direction = direction
        self.key = key
        self.fingerprint = fingerprint
    }

    /// Reads a token; `nil` unless it is one that ``text`` wrote.
    init?(_ text: String) {
        let bare = text.prefix { $0 != "=" }
        guard let bytes = Base64URL.decode(strictly: bare) else { return nil }
        var reader = VarintReader(bytes[...])
        guard reader.field(1), let direction = reader.number().flatMap(Direction.init(rawValue:)), reader.field(2),
            let time = reader.number(), reader.field(4), let id = reader.number(), reader.field(5),
            let fingerprint = reader.number(), reader.isAtEnd
        else { return nil }
        self.init(
            direction, Key(time: Int64(bitPattern: time), id: Int64(bitPattern: id)),
            fingerprint: Int64(bitPattern: fingerprint))
        guard self.text == text else { return nil }
    }

    /// The token as it travels; the padding needs percent-encoding, and so it is worth having.
    var text: String {
        var bytes: [UInt8] = []
        for (field, number) in [(1, Int64(direction.rawValue)), (2, key.time), (4, key.id), (5, fingerprint)] {
            bytes.append(UInt8(field << 3))
            var rest = UInt64(bitPattern: number)
            while rest > 127 {
                bytes.append(UInt8(rest & 127) | 128)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        let bare = Base64URL.encode(bytes)
        return bare + String(repeating: "=", count: (4 - bare.utf8.count % 4) % 4)
    }
}

private struct VarintReader {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { bytes.isEmpty }

    /// Consumes the tag of a field that holds a number.
    mutating func field(_ number: Int) -> Bool { bytes.popFirst() == UInt8(number << 3) }

    mutating func number() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            number |= UInt64(byte & 127) << shift
            if byte < 128 { return number }
        }
        return nil
    }
}

extension Array {
    /// The index of the first element for which `precedes` is false, in an array where it holds for a prefix only.
    func partitionPoint(_ precedes: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if precedes(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
