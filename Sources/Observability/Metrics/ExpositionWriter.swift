/// Writes samples into one buffer of bytes, in one of the two formats.
struct ExpositionWriter {
    let format: ExpositionFormat
    private(set) var bytes: [UInt8] = []

    init(_ format: ExpositionFormat, capacity: Int) {
        self.format = format
        bytes.reserveCapacity(capacity)
    }

    /// Writes the `#` lines of a family, then its samples; nothing at all when there are none.
    mutating func family(_ family: MetricFamily, _ samples: (inout ExpositionWriter) -> Void) {
        let start = bytes.count
        bytes += family.text(format).header
        let afterHeader = bytes.count
        samples(&self)
        if bytes.count == afterHeader { bytes.removeSubrange(start...) }
    }

    /// What stands at the very end.
    mutating func end() {
        if format == .openMetrics { append("# EOF\n") }
    }

    // MARK: - Samples

    mutating func sample(_ family: MetricFamily, _ name: SeriesName, integer: Int64, exemplar: Exemplar?) {
        bytes += family.text(format).sample
        bytes += name.beforeValue
        if integer < 0 { append("-") }
        append(integer.magnitude)
        endLine(exemplar)
    }

    mutating func sample(_ family: MetricFamily, _ name: SeriesName, number: Double) {
        bytes += family.text(format).sample
        bytes += name.beforeValue
        append(MetricText.number(number))
        endLine(nil)
    }

    mutating func bucket(
        _ index: Int, _ family: MetricFamily, _ name: SeriesName, _ count: UInt64, exemplar: Exemplar?
    ) {
        let text = family.text(format)
        bytes += text.bucket
        bytes += name.beforeBound
        bytes += text.bounds[index]
        append(count)
        endLine(exemplar)
    }

    mutating func sum(_ family: MetricFamily, _ name: SeriesName, _ sum: Double) {
        bytes += family.text(format).sum
        bytes += name.beforeValue
        append(MetricText.number(sum))
        endLine(nil)
    }

    mutating func count(_ family: MetricFamily, _ name: SeriesName, _ count: UInt64) {
        bytes += family.text(format).count
        bytes += name.beforeValue
        append(count)
        endLine(nil)
    }

    private mutating func endLine(_ exemplar: Exemplar?) {
        if let exemplar {
            append(" # {correlation_id=\"")
            append(exemplar.correlationID.description)
            if let trace = exemplar.trace {
                append("\",trace_id=\"")
                append(trace.traceID)
            }
            append("\"} ")
            append(MetricText.number(exemplar.value))
            append(" ")
            append(exemplar.time.magnitude / 1_000)
            append(".")
            append(exemplar.time.magnitude % 1_000, digits: 3)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    // MARK: - Pieces

    private mutating func append(_ text: String) { bytes += text.utf8 }

    /// Decimal digits, with zeros in front up to `digits`.
    private mutating func append(_ number: UInt64, digits: Int = 1) {
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0 || bytes.count - start < digits
        bytes[start...].reverse()
    }
}
