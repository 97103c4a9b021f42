/// Bodies that are no JSON, or more of it than is read (J-08).
enum HostileTexts {
    static let all: [HostileRequest] = [prefixes, invalidUTF8, controls, noJSON, numbers, escapes, encodings, limits]
        .flatMap { $0 }

    private static let ping = HostileRequest.ping
    private static let parseError = HostileRequest.Expectation.error(400, -32700)

    /// A message that ends early, at each of its bytes.
    private static var prefixes: [HostileRequest] {
        let bytes = Array(ping.utf8)
        return (0..<bytes.count).map { length in
            HostileRequest.body("truncated", "after \(length) bytes", Array(bytes.prefix(length)), parseError)
        }
    }

    /// Sequences that no UTF-8 text has (RFC 3629), inside a string.
    private static var invalidUTF8: [HostileRequest] {
        let sequences: KeyValuePairs<String, [UInt8]> = [
            "a lone continuation byte": [0x80], "two of them": [0xBF, 0xBF], "a lead byte without its rest": [0xC3],
            "a wrong continuation": [0xC3, 0x28], "an overlong slash": [0xC0, 0xAF], "an overlong NUL": [0xC0, 0x80],
            "overlong in three": [0xE0, 0x80, 0xAF], "overlong in four": [0xF0, 0x80, 0x80, 0xAF],
            "a high surrogate": [0xED, 0xA0, 0x80], "a low surrogate": [0xED, 0xB0, 0x80],
            "beyond Unicode": [0xF4, 0x90, 0x80, 0x80], "five bytes": [0xF8, 0x88, 0x80, 0x80, 0x80],
            "six bytes": [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], "FE": [0xFE], "FF": [0xFF],
            "cut in three": [0xE2, 0x82],
            "cut in four": [0xF0, 0x9F, 0x98],
        ]
        let start = Array(#"{"jsonrpc":"2.0","id":""#.utf8)
        let end = Array(#"","method":"ping"}"#.utf8)
        return sequences.map { HostileRequest.body("invalid UTF-8", $0.key, start + $0.value + end, parseError) }
    }

    /// Control characters must be escaped in strings, and only white space may stand between values.
    private static var controls: [HostileRequest] {
        var rows: [HostileRequest] = []
        for byte in UInt8(0)..<0x20 {
            let character = String(UnicodeScalar(byte))
            let isSpace = byte == 0x09 || byte == 0x0A || byte == 0x0D
            let inside = #"{"jsonrpc":"2.0","id":"a\#(character)","method":"ping"}"#
            let between = #"{"jsonrpc":"2.0","id":1,\#(character)"method":"ping"}"#
            rows.append(.body("control character in a string", "\(byte)", inside, parseError))
            rows.append(.body("control character between values", "\(byte)", between, isSpace ? .result : parseError))
        }
        return rows
    }

    private static var noJSON: [HostileRequest] {
        HostileRequest.bodies(
            "no JSON", parseError,
            [
                "white space": " \r\n\t", "a word": "hello", "a NUL": "\0", "a NUL after the message": ping + "\0",
                "two messages": ping + ping, "a comma after the message": ping + ",", "a comment": "/* */" + ping,
                "a line comment": "// ping\n" + ping, "a byte-order mark": "\u{FEFF}" + ping,
                "single quotes": "{'a':1}",
                "a name without quotes": "{jsonrpc:1}", "a trailing comma": #"{"a":1,}"#,
                "a trailing comma in an array": "[1,]", "no colon": #"{"a" 1}"#, "two colons": #"{"a"::1}"#,
                "no comma": #"{"a":1 "b":2}"#, "no value": #"{"a":}"#, "a number as a name": "{1:1}",
                "an array never opened": "]", "crossed brackets": "[{]}", "a capital null": #"{"a":NULL}"#,
                "a capital True": #"{"a":True}"#, "half of true": #"{"a":tru}"#, "undefined": "undefined",
                "a string over two lines": "{\"a\":\"b\nc\"}", "a blob": "eyJqc29ucnBjIjoiMi4wIn0=",
                "a form": "jsonrpc=2.0&method=ping", "XML": "<ping/>", "YAML": "jsonrpc: 2.0\nmethod: ping",
                "an event": "data: {}\n\n", "a template": "{{7*7}}", "a shell": "$(id)", "a form feed": "\u{0C}{}",
                "a no-break space": "\u{A0}{}", "a line separator": "\u{2028}{}",
            ])
    }

    private static var numbers: [HostileRequest] {
        let texts = [
            "01", "+1", "1.", ".5", "1e", "1e+", "0x10", "--1", "-", "NaN", "Infinity", "-Infinity", "1_000", "1,0.5",
        ]
        return HostileRequest.bodies("no number", texts, parseError) { #"{"a":\#($0)}"# }
    }

    private static var escapes: [HostileRequest] {
        let texts = [
            #"\x41"#, #"\u12"#, #"\u12G4"#, #"\uD800"#, #"\uDC00"#, #"\uD800\uD800"#, #"\uD800\u0041"#, #"\'"#, #"\"#,
        ]
        return HostileRequest.bodies("no escape", texts, parseError) { #"{"a":"\#($0)"}"# }
    }

    private static var encodings: [HostileRequest] {
        let wide: [UInt8] = ping.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), 0] }
        let latin: [UInt8] = Array(#"{"a":""#.utf8) + [0xE9] + Array(#""}"#.utf8)
        return [
            .body("encoding", "UTF-16", wide, parseError), .body("encoding", "Latin-1", latin, parseError),
            .body("encoding", "gzip", [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0], parseError),
        ]
    }

    /// The limits of J-08, at the edge and one above (H-01).
    private static var limits: [HostileRequest] {
        let tooMuch = HostileRequest.Expectation.error(400, -32600)
        return [
            .body("limits", "64 levels", nested(64), .result), .body("limits", "65 levels", nested(65), tooMuch),
            .body("limits", "100 000 levels", String(repeating: "[", count: 100_000), tooMuch),
            .body("limits", "40 000 objects", String(repeating: #"{"a":"#, count: 40_000), tooMuch),
            .body("limits", "10 000 values", values(10_000), .result),
            .body("limits", "10 001 values", values(10_001), tooMuch),
            .body("limits", "a long name", message(#""\#(String(repeating: "n", count: 100_000))":1"#), .result),
            .body("limits", "a long number", message(#""n":\#(String(repeating: "9", count: 100_000))"#), .result),
            .body("limits", "a huge exponent", message(#""n":1e999999999"#), .result),
            .body("limits", "a tiny exponent", message(#""n":1e-999999999"#), .result),
        ]
    }

    private static func message(_ member: String) -> String {
        #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{\#(member)}}"#
    }

    /// A message of this many levels: itself, its parameters, and arrays.
    private static func nested(_ levels: Int) -> String {
        let arrays = String(repeating: "[", count: levels - 2) + String(repeating: "]", count: levels - 2)
        return message(#""a":\#(arrays)"#)
    }

    /// A message of this many values: itself, its four, the array among them, and its elements.
    private static func values(_ count: Int) -> String {
        let elements = Array(repeating: "0", count: count - 6).joined(separator: ",")
        return message(#""a":[\#(elements)]"#)
    }
}
