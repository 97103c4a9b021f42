internal import JSON

/// What holds for every text: limits are exact, copies keep the meaning, and Foundation reads the same.
enum JSONParserProperties {
    static func check(_ input: [UInt8]) throws(Violation) {
        let presets: [(String, JSONLimits)] = [
            ("request", .request), ("token", .token), ("upstream", .upstream),
        ]
        for (name, limits) in presets {
            guard let document = try? JSONDocument(parsing: input, limits: limits) else { continue }
            do throws(Violation) {
                try checkLimits(document, input, limits)
                try checkNames(document.root, limits)
                try checkNumbers(document.root)
                try checkCopies(document, limits)
            } catch {
                throw Violation("with the limits of \(name): \(error)")
            }
        }
        try FoundationOracle.compare(input)
    }

    /// A document's own size is allowed, and one less is not.
    private static func checkLimits(
        _ document: JSONDocument, _ input: [UInt8], _ limits: JSONLimits
    ) throws(Violation) {
        let extent = Extent(document.root)
        try require(extent.values <= limits.maximumValues, "at most \(limits.maximumValues) values, not \(extent)")
        try require(extent.depth <= limits.maximumDepth, "at most \(limits.maximumDepth) levels, not \(extent)")
        var exact = limits
        (exact.maximumValues, exact.maximumDepth) = (extent.values, extent.depth)
        try require(reason(input, exact) == nil, "limits of exactly \(extent) allow the document")
        exact.maximumValues -= 1
        try require(reason(input, exact) == .tooManyValues, "one value less than \(extent) refuses it")
        guard extent.depth > 0 else { return }
        (exact.maximumValues, exact.maximumDepth) = (extent.values, extent.depth - 1)
        try require(reason(input, exact) == .tooDeep, "one level less than \(extent) refuses it")
    }

    private static func reason(_ input: [UInt8], _ limits: JSONLimits) -> JSONError.Reason? {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: input, limits: limits)
            return nil
        } catch {
            return error.reason
        }
    }

    /// Where duplicates are refused, names differ by their bytes; the first of a name is what a look-up finds.
    private static func checkNames(_ element: JSONElement, _ limits: JSONLimits) throws(Violation) {
        var names: Set<[UInt8]> = []
        for member in element.members {
            let isFirst = names.insert(Array(member.name.utf8)).inserted
            try require(isFirst || limits.duplicateNames == .keepFirst, "no name stands twice: \(member.name)")
            try require(member.isNamed(member.name), "a name is equal to itself: \(member.name)")
            let found = try require(element[member.name], "a member is found by its name: \(member.name)")
            try require(
                !isFirst || found.rawBytes.startIndex == member.value.rawBytes.startIndex,
                "the first member of a name is the one found: \(member.name)")
            try checkNames(member.value, limits)
        }
        for element in element.elements { try checkNames(element, limits) }
    }

    /// The readings of a number agree with each other.
    private static func checkNumbers(_ element: JSONElement) throws(Violation) {
        if element.kind == .number {
            let text = element.numberText ?? ""
            if let exact = element.exactInteger { try require(element.integer == exact, "integers agree: \(text)") }
            if let integer = element.integer {
                try require(element.double == Double(integer), "integer and double agree: \(text)")
            } else if let double = element.double, 1..<9e15 ~= double.magnitude, double.rounded() == double {
                // What only rounds to an integer has more digits than a Double holds.
                try require(text.utf8.count > 15, "a short integral number is an integer: \(text)")
            }
        }
        for child in element.elements { try checkNumbers(child) }
        for member in element.members { try checkNumbers(member.value) }
    }

    /// What is written from a document is JSON again and says the same.
    private static func checkCopies(_ document: JSONDocument, _ limits: JSONLimits) throws(Violation) {
        let value = JSONValue(document.root)
        let written = try succeed("the writer's output parses") {
            try JSONValue.parse(value.serialized, limits: limits)
        }
        try require(written == value.asWritten, "a written value reads the same: \(value)")
        try require(!value.serialized.contains(0x0A), "the writer makes one line: \(value)")

        var verbatim = JSONWriter()
        verbatim.copy(document.root, rules: .verbatim)
        let copy = try succeed("a verbatim copy parses") { try JSONValue.parse(verbatim.bytes, limits: limits) }
        try require(copy.asWritten == value.asWritten, "a verbatim copy reads the same: \(value)")

        var cleaned = JSONWriter()
        cleaned.copy(document.root)
        let clean = try succeed("a cleaned copy parses") {
            try JSONDocument(parsing: cleaned.bytes, limits: .upstream)
        }
        try require(!clean.hasControlCharacters, "a cleaned copy is known to be clean: \(value)")
        try require(!JSONValue(clean.root).holdsControls, "TC-05: a cleaned copy has no control characters: \(value)")
        try require(!cleaned.bytes.contains(0x0A), "a cleaned copy is one line: \(value)")
        var twice = JSONWriter()
        twice.copy(clean.root)
        try require(twice.bytes == cleaned.bytes, "cleaning a clean copy changes nothing: \(value)")

        for child in document.root.elements {
            let alone = try succeed("an element's bytes parse") {
                try JSONValue.parse(Array(child.rawBytes), limits: limits)
            }
            try require(alone.asWritten == JSONValue(child).asWritten, "an element reads the same alone: \(value)")
        }
    }
}

/// The size of a document, counted by walking its views.
private struct Extent: CustomStringConvertible {
    private(set) var values = 1
    private(set) var depth = 0

    init(_ element: JSONElement) {
        let children = Array(element.elements) + element.members.map(\.value)
        for child in children.map(Extent.init) {
            values += child.values
            depth = max(depth, child.depth)
        }
        if element.isArray || element.isObject { depth += 1 }
    }

    var description: String { "\(values) values on \(depth) levels" }
}

extension JSONValue {
    /// Whether a string or name anywhere has a C0 control but tab and line ends, DEL or a C1 control.
    var holdsControls: Bool {
        switch self {
        case .string(let text): text.unicodeScalars.contains(where: Self.isControl)
        case .array(let elements): elements.contains(where: \.holdsControls)
        case .object(let object):
            object.members.contains { $0.name.unicodeScalars.contains(where: Self.isControl) || $0.value.holdsControls }
        default: false
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && !["\t", "\n", "\r"].contains(scalar)
    }

    /// What the writer makes of the value: JSON has no infinity, so a number beyond Double becomes `null`.
    var asWritten: JSONValue {
        switch self {
        case .number(let number): number.isFinite ? self : .null
        case .array(let elements): .array(elements.map(\.asWritten))
        case .object(let object): .object(JSONObject(object.members.map { ($0.name, $0.value.asWritten) }))
        default: self
        }
    }
}
