internal import Foundation
package import Testing

/// How long tests wait at most for what must come: ceilings against hanging, which measure nothing.
///
/// What is asserted is order, counts and causes, never that something came soon: that would measure the machine.
package enum Patience {
    /// By how much all ceilings are raised: `TEST_PATIENCE`, 1 to 999, for machines that are very slow.
    static let factor: Int = {
        let text = ProcessInfo.processInfo.environment["TEST_PATIENCE"] ?? "1"
        guard let factor = Int(text), (1...999).contains(factor) else {
            preconditionFailure("TEST_PATIENCE must be a whole number from 1 to 999, not \(text)")
        }
        return factor
    }()

    /// For one answer or event: 60 s times ``factor``.
    package static let long: Duration = .seconds(60 * factor)
}

extension Trait where Self == TimeLimitTrait {
    /// What ends a test that hangs: ten minutes for each case, times `TEST_PATIENCE`.
    package static var patient: Self { .timeLimit(.minutes(10 * Patience.factor)) }
}
