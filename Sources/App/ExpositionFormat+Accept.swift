internal import HTTPSyntax
internal import Observability

extension ExpositionFormat {
    /// Chooses by the values of all `Accept` fields.
    ///
    /// The format with the higher weight wins, then the one that was named more exactly. The text format also answers
    /// those who accept neither, or who send more than ``AcceptedRange/maximumBytes``: a graph is better than a 406.
    init(accept values: [String]) {
        let ranges = AcceptedRange.all(in: values)
        let text = Preference(for: "text", "plain", version: "0.0.4", in: ranges)
        let openMetrics = Preference(for: "application", "openmetrics-text", version: "1.0.0", in: ranges)
        let isBetter = (openMetrics.weight, openMetrics.exactness) > (text.weight, text.exactness)
        // Named alike and wanted alike: then the one that says more.
        let isEqual = openMetrics == text && openMetrics.exactness >= .named
        self = openMetrics.weight > 0 && (isBetter || isEqual) ? .openMetrics : .text
    }
}
