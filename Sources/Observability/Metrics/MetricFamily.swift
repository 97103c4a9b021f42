/// One metric, with everything about it that is printed more than once already in bytes.
struct MetricFamily: Sendable {
    /// What is the same for all series of a metric, in one format.
    struct Text: Sendable {
        /// The `#` lines.
        let header: [UInt8]
        /// The name of a sample that is no part of a histogram, and of the three parts that are.
        let sample, bucket, sum, count: [UInt8]
        /// `le="0.01"} ` for each bucket, the last one +Inf.
        let bounds: [[UInt8]]
    }

    let name: String
    let kind: MetricDescription.Kind
    let text: Text
    let openMetrics: Text

    init(_ name: String, kind: MetricDescription.Kind) {
        self.name = name
        self.kind = kind
        let help = MetricCatalogue.description(of: name)?.help ?? "Reported by a library."
        text = Text(name, kind, help)
        openMetrics = Text(openMetrics: name, kind, help)
    }

    func text(_ format: ExpositionFormat) -> Text {
        switch format {
        case .text: text
        case .openMetrics: openMetrics
        }
    }
}

extension MetricFamily.Text {
    fileprivate init(_ name: String, _ kind: MetricDescription.Kind, _ help: String) {
        let type =
            switch kind {
            case .counter: "counter"
            case .gauge, .info: "gauge"
            case .histogram: "histogram"
            }
        self.init(
            header: "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n", name: name, sample: name,
            bounds: kind.bounds.map(MetricText.number))
    }

    /// OpenMetrics 1.0.0: the family of a counter has no `_total`, that of an info metric no `_info`, and bounds are
    /// floating point numbers even when they are whole.
    fileprivate init(openMetrics name: String, _ kind: MetricDescription.Kind, _ help: String) {
        let (type, suffix) =
            switch kind {
            case .counter: ("counter", "_total")
            case .gauge: ("gauge", "")
            case .info: ("info", "_info")
            case .histogram: ("histogram", "")
            }
        let family = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
        let unit = ["seconds", "bytes"].first { family.hasSuffix("_\($0)") }
        self.init(
            header: "# HELP \(family) \(help)\n# TYPE \(family) \(type)\n"
                + (unit.map { "# UNIT \(family) \($0)\n" } ?? ""), name: family, sample: family + suffix,
            bounds: kind.bounds.map { String($0) })
    }

    private init(header: String, name: String, sample: String, bounds: [String]) {
        self.header = Array(header.utf8)
        self.sample = Array(sample.utf8)
        bucket = Array("\(name)_bucket".utf8)
        sum = Array("\(name)_sum".utf8)
        count = Array("\(name)_count".utf8)
        self.bounds = (bounds + ["+Inf"]).map { Array("le=\"\($0)\"} ".utf8) }
    }
}

/// The labels of one series, in the order of their names, as they are printed.
struct SeriesName: Sendable {
    /// `a="x",b="y"`, which orders and identifies the series of a family.
    let labels: String
    /// `{a="x",b="y"} `, or a blank.
    let beforeValue: [UInt8]
    /// `{a="x",b="y",`, or a brace.
    let beforeBound: [UInt8]

    init(_ dimensions: [(String, String)]) {
        labels = dimensions.sorted { $0.0 < $1.0 }
            .map { "\(MetricText.labelName($0.0))=\"\(MetricText.escaped($0.1))\"" }
            .joined(separator: ",")
        beforeValue = Array((labels.isEmpty ? " " : "{\(labels)} ").utf8)
        beforeBound = Array((labels.isEmpty ? "{" : "{\(labels),").utf8)
    }
}

/// How Prometheus writes names, labels and numbers.
enum MetricText {
    /// `name` with everything but letters, digits, `_` and `:` replaced by `_`, and no digit in front.
    static func name(_ name: String) -> String {
        let bytes = name.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        let startsWell = bytes.first.map { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
        return String(decoding: startsWell ? bytes : [UInt8(ascii: "_")] + bytes, as: UTF8.self)
    }

    /// The same for a label, which has no `:` either.
    static func labelName(_ name: String) -> String {
        String(Self.name(name).map { $0 == ":" ? "_" : $0 })
    }

    /// A label's value with backslash, quote and line feed escaped.
    static func escaped(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// A number in the shortest form that reads back equal: `5`, `0.25`, `+Inf`.
    static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
        return String(value)
    }
}
