internal import JSON

/// The members of a JSON object in the order in which they are added.
struct Members: Sendable {
    private(set) var items: [(name: String, value: JSONValue)] = []

    init() {}

    /// Members whose order and number are known.
    init(_ items: KeyValuePairs<String, JSONValue>) { self.items = items.map { ($0.key, $0.value) } }

    /// The members of `value`, none when it is not an object.
    init(of value: JSONValue) {
        guard case .object(let object) = value else { return }
        items = object.members
    }

    /// Adds a member unless `value` is `nil`.
    mutating func add(_ name: String, _ value: JSONValue?) {
        if let value { items.append((name, value)) }
    }

    /// Adds a member if `condition` holds.
    ///
    /// A conditional expression with `nil` would not do: `nil` is also how a JSON `null` is written.
    mutating func add(_ name: String, _ value: @autoclosure () -> JSONValue, if condition: Bool) {
        if condition { items.append((name, value())) }
    }

    /// Adds a member unless `values` is empty: the workspace omits empty lists (D-06).
    mutating func addUnlessEmpty(_ name: String, _ values: [JSONValue]) {
        if !values.isEmpty { items.append((name, .array(values))) }
    }

    mutating func append(_ other: Members) { items += other.items }

    /// Reads, replaces, adds or, with `nil`, removes a member.
    subscript(name: String) -> JSONValue? {
        get { items.first { $0.name == name }?.value }
        set {
            let index = items.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): items[index].value = value
            case (let index?, nil): items.remove(at: index)
            case (nil, let value?): items.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// The same members with those of `overrides` in place of theirs; an override of `null` removes one.
    func overridden(by overrides: Members) -> Members {
        var copy = self
        for (name, value) in overrides.items { copy[name] = value == .null ? JSONValue?.none : value }
        return copy
    }

    var value: JSONValue { .object(JSONObject(items.map { ($0.name, $0.value) })) }
}
