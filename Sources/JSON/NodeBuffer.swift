/// The entries of a tape: memory that grows while the parser writes it and never changes afterwards.
///
/// It has one owner and cannot be copied. An array would ask at every append whether somebody else holds it, which is a
/// sixth of the work of parsing. What is behind the pointer changes only through `mutating` functions, which need sole
/// access, and nothing else has the pointer: several threads may read, as of any other value.
@safe
struct NodeBuffer: ~Copyable, @unchecked Sendable {
    /// Room for `capacity` entries, of which the first `count` are initialised.
    private var base: UnsafeMutablePointer<Node>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
        unsafe base = .allocate(capacity: self.capacity)
    }

    deinit { unsafe base.deallocate() }  // entries are numbers: nothing of theirs is to be released

    @inline(__always)
    mutating func append(_ node: Node) {
        if count == capacity { grow() }
        // In bounds: there is room for one more.
        unsafe (base + count).initialize(to: node)
        count &+= 1
    }

    subscript(index: Int) -> Node {
        @inline(__always)
        get {
            precondition(index >= 0 && index < count, "entry out of range")
            return unsafe base[index]
        }
        @inline(__always)
        set {
            precondition(index >= 0 && index < count, "entry out of range")
            unsafe base[index] = newValue
        }
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Node>.allocate(capacity: capacity * 2)
        unsafe larger.moveInitialize(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = larger
        capacity *= 2
    }
}
