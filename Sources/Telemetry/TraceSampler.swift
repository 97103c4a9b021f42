internal import Observability

/// Which traces are kept: `OTEL_TRACES_SAMPLER` of the OpenTelemetry specification.
///
/// Decided once where a trace enters this process; everything inside follows.
package struct TraceSampler: Sendable, Equatable {
    /// Which traces are kept that begin here, or whose caller sent no decision.
    package enum Root: Sendable, Equatable {
        /// Kept.
        case always
        /// Not kept.
        case never
        /// This share of them is kept, 0 to 1, chosen by trace id, so that all servers choose the same ones.
        case ratio(Double)
    }

    /// What becomes of a trace that begins here.
    package let root: Root
    /// Whether a caller's decision, the sampled flag, counts more than ``root``.
    package let followsParent: Bool

    /// - Parameters:
    ///   - root: What becomes of a trace that begins here.
    ///   - followsParent: Whether the caller's decision counts.
    package init(root: Root, followsParent: Bool) {
        self.root = root
        self.followsParent = followsParent
    }

    /// `parentbased_always_on`, the specification's default.
    package static let standard = TraceSampler(root: .always, followsParent: true)

    /// Whether the trace is kept.
    ///
    /// - Parameters:
    ///   - trace: Its ids.
    ///   - parent: What a caller sent, if one did.
    /// - Returns: Whether spans of it are recorded.
    func keeps(_ trace: TraceContext, parent: TraceContext?) -> Bool {
        if followsParent, let parent { return parent.isSampled }
        return switch root {
        case .always: true
        case .never: false
        // As other implementations do it, so that all choose the same traces: 63 of the last 64 bits against the share.
        case .ratio(let ratio): ratio >= 1 || trace.traceLow >> 1 < UInt64(max(ratio, 0) * 0x1p63)
        }
    }
}
