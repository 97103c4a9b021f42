/// One entry of the tape: a value or a member name, in 16 bytes.
///
/// The entries of a subtree follow its root, a member's name directly before its value, so that a walk is a loop
/// over an array and skipping a subtree is one assignment.
struct Node {
    enum Kind: UInt32 {
        case null, bool, number, string, array, object
    }

    /// What the parser learnt about a scalar on the way, so that nobody has to look again.
    struct Flags: OptionSet {
        let rawValue: UInt32
        /// A string with at least one backslash, or the literal `true`.
        static let escaped = Flags(rawValue: 1 << 3)
        static let isTrue = Flags(rawValue: 1 << 3)
        /// A string whose copy may differ from its bytes: control and invisible characters, lone surrogates (TC-05).
        static let unclean = Flags(rawValue: 1 << 4)
        /// A number without fraction and exponent.
        static let integral = Flags(rawValue: 1 << 5)
        /// A number without fraction and exponent beyond ±(2^53-1) (K-14).
        static let beyondDouble = Flags(rawValue: 1 << 6)
        /// A string that names a member.
        static let name = Flags(rawValue: 1 << 7)
    }

    /// How many members or elements one container can count, and so how many values a document may have.
    static let maximumCount = 0xFF_FFFF

    /// The value's first byte; of a string, the first byte after the quote.
    var start: UInt32
    /// The byte after the value's last; of a string, its closing quote.
    var end: UInt32
    /// The index of the first entry after the subtree; of a container still open, its parent's index.
    var next: UInt32
    /// The kind in bits 0 to 2, the flags in bits 3 to 7, the number of members or elements above.
    private var packed: UInt32

    init(_ kind: Kind, _ flags: Flags = [], start: Int, end: Int, next: Int) {
        self.start = UInt32(truncatingIfNeeded: start)  // the parser refuses longer texts
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = UInt32(truncatingIfNeeded: next)
        packed = kind.rawValue | flags.rawValue
    }

    var kind: Kind { Kind(rawValue: packed & 0b111) ?? .null }
    var isObject: Bool { packed & 0b111 == Kind.object.rawValue }
    var isString: Bool { packed & 0b111 == Kind.string.rawValue }
    var isContainer: Bool { packed & 0b111 >= Kind.array.rawValue }
    var count: Int {
        get { Int(packed >> 8) }
        set { packed = packed & 0xFF | UInt32(truncatingIfNeeded: newValue) << 8 }
    }

    /// The bytes of a scalar or container; of a string, those between its quotes.
    var range: Range<Int> { Int(start)..<Int(end) }
    /// The bytes of a value or name, a string's quotes included.
    var textRange: Range<Int> { isString ? Int(start) - 1..<Int(end) + 1 : range }

    func has(_ flags: Flags) -> Bool { packed & flags.rawValue == flags.rawValue }
    func hasAny(of flags: Flags) -> Bool { packed & flags.rawValue != 0 }
}
