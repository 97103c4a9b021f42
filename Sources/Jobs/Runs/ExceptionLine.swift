internal import JSON

/// Finds the line of a stack trace that says what went wrong.
///
/// It is seldom the last one: Java ends with `... 42 more`, Spark with the plan it could not resolve.
enum ExceptionLine {
    /// Bytes at the end of a trace that are looked at: frames of nested Java exceptions take some.
    private static let reach = 64 << 10

    /// The last line that begins with `Caused by:` or names an exception, on one line and without credentials.
    static func find(in trace: JSONElement) -> String? {
        let text = ForeignText(element: trace).tail(limit: reach)
        let line = text.utf8.split(separator: UInt8(ascii: "\n")).last { isTelling(Substring($0)) }
        return line.map { UntrustedText.line(String(Substring($0)), limit: 600) }
    }

    private static func isTelling(_ line: Substring) -> Bool {
        var rest = line.drop { $0 == " " || $0 == "\t" || $0 == ":" }
        if rest.hasPrefix("Caused by:") { return true }
        if rest.hasPrefix("Exception in thread ") { return true }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || $0 == "$") }
        rest = rest.dropFirst(name.count)
        guard rest.isEmpty || rest.hasPrefix(":"), let last = name.split(separator: ".").last else { return false }
        return endings.contains { last.hasSuffix($0) }
    }

    private static let endings = [
        "Error", "Exception", "Failure", "Fault", "Throwable", "Interrupt", "Exit", "Iteration", "Timeout", "Abort",
        "Warning",
    ]
}
