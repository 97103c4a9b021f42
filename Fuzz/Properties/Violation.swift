/// A property that an input breaks.
package struct Violation: Error, CustomStringConvertible {
    /// What should have held, and what was found instead.
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Throws a ``Violation`` unless `condition` holds.
func require(_ condition: Bool, _ rule: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(rule()) }
}

/// The value of `optional`, which must have one.
func require<Value>(_ optional: Value?, _ rule: @autoclosure () -> String) throws(Violation) -> Value {
    guard let optional else { throw Violation(rule()) }
    return optional
}

/// The value of `body`, which must not throw.
func succeed<Value>(_ rule: String, _ body: () throws -> Value) throws(Violation) -> Value {
    do { return try body() } catch { throw Violation("\(rule): \(error)") }
}
