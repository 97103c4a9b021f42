/// What one metric is: everything that its exposition, its documentation and a bound on its series need.
package struct MetricDescription: Sendable {
    /// What the samples mean.
    package enum Kind: Sendable, Equatable {
        /// A number that only grows while the process lives; its name ends in `_total`.
        case counter
        /// A number that goes up and down.
        case gauge
        /// A gauge that is always 1; the labels are what it says. Its name ends in `_info`.
        case info
        /// How many values were at most as large as each of these bounds, which rise.
        case histogram(bounds: [Double])
    }

    /// One label, and where its values come from.
    package struct Label: Sendable {
        /// The label's name.
        package let name: String
        /// The closed set; empty when the values are not known before the program runs.
        package let values: [String]
        /// What else is to be said of the values.
        package let note: String
        /// How many values there can be.
        package let maximumValues: Int

        /// A label with a closed set of values.
        init(_ name: String, _ values: [String], _ note: String = "") {
            (self.name, self.values, self.note, maximumValues) = (name, values, note, values.count)
        }

        /// A label with one value, which `note` describes.
        init(_ name: String, constant note: String) {
            (self.name, values, self.note, maximumValues) = (name, [], note, 1)
        }
    }

    /// The name in the text format.
    package let name: String
    /// What the samples mean.
    package let kind: Kind
    /// One sentence for `# HELP`: no quote, backslash or line feed, which the formats escape differently.
    package let help: String
    /// What an operator should look for.
    package let advice: String
    /// The labels.
    package let labels: [Label]
    /// The most sets of label values that there can be.
    package let maximumSeries: Int

    /// - Parameters:
    ///   - name: One of ``MetricNames``.
    ///   - kind: What the samples mean.
    ///   - help: One sentence.
    ///   - advice: What an operator should look for.
    ///   - labels: The labels.
    ///   - maximumSeries: The bound where it is lower than the product of the labels' values.
    init(
        _ name: String, _ kind: Kind, _ help: String, _ advice: String, labels: [Label] = [], maximumSeries: Int? = nil
    ) {
        self.name = name
        self.kind = kind
        self.help = help
        self.advice = advice
        self.labels = labels
        self.maximumSeries = maximumSeries ?? labels.map(\.maximumValues).reduce(1, *)
    }

    /// How many time series one set of label values is to Prometheus: a histogram is its buckets, a sum and a count.
    package var samplesPerSeries: Int {
        if case .histogram(let bounds) = kind { bounds.count + 3 } else { 1 }
    }
}

extension MetricDescription.Kind {
    /// The bucket boundaries of O-04, in seconds.
    static let operationDurations = Self.histogram(bounds: [
        0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
    ])
    /// For a single network request, in seconds: OpenTelemetry's advice for HTTP.
    static let requestDurations = Self.histogram(bounds: [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ])
    /// For work that should take no time at all, in seconds.
    static let delays = Self.histogram(bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1])

    /// The bounds of a histogram; empty for the other kinds.
    var bounds: [Double] { if case .histogram(let bounds) = self { bounds } else { [] } }
}
