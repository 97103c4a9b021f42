/// Reads a line of the text format as a strict reader does: ` key=value`, or ` key="value"` with escapes.
enum TextLineReader {
    struct Malformed: Error {}

    static func fields(of line: String, after message: String) throws -> [(key: String, value: String)] {
        guard line.last == "\n", let start = line.firstRange(of: message)?.upperBound else { throw Malformed() }
        var rest = line[start...].dropLast().unicodeScalars
        var fields: [(key: String, value: String)] = []
        while !rest.isEmpty {
            guard rest.removeFirst() == " ", let equals = rest.firstIndex(of: "=") else { throw Malformed() }
            let key = String(rest[..<equals])
            rest = rest[rest.index(after: equals)...]
            fields.append((key, try rest.first == "\"" ? quoted(&rest) : plain(&rest)))
        }
        return fields
    }

    private static func plain(_ rest: inout Substring.UnicodeScalarView) throws -> String {
        let value = rest.prefix { $0 != " " }
        guard !value.contains(where: { $0 == "\"" || $0.properties.isWhitespace }) else { throw Malformed() }
        rest = rest[value.endIndex...]
        return String(value)
    }

    private static func quoted(_ rest: inout Substring.UnicodeScalarView) throws -> String {
        rest.removeFirst()
        var value = String.UnicodeScalarView()
        while let next = rest.popFirst() {
            guard next != "\"" else { return String(value) }
            guard next == "\\" else {
                value.append(next)
                continue
            }
            guard let escaped = rest.popFirst() else { break }
            value.append(["n": "\n", "t": "\t", "r": "\r"][escaped] ?? escaped)
        }
        throw Malformed()
    }
}
