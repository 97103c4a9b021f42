internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import TestSupport
internal import Testing

/// What holds for any text, tried with thousands that are put together from awkward pieces, the same in every run.
@Suite(.patient) struct RandomTextTests {
    /// A small generator with a seed (xorshift64*).
    private struct Chance: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 2_685_821_657_736_338_717
        }
    }

    private static let pieces = [
        "password", "passwd", "pwd", "secret", "token", "api_key", "account.key", "signature", "sig=", "Bearer ",
        "basic ",
        "eyJ", "dapi", "AKIA", "ghp_", "sk-", "Q~", "://", "@", ":", "=", "==", "=>", "\"", "'", "\\", "\\\"", " ",
        "\n", "\t",
        "-----BEGIN PRIVATE KEY-----", "-----END", "hunter2", "0123456789abcdef0123456789abcdef", "{{", "}}", "(", ")",
        ",",
        "å", "👩‍🚀", "\u{1B}[0m", "\u{202E}", "\r\n", "key", "s", ".", "/", "?", "&", "none", "name", "8", "a",
    ]

    private static func text(_ chance: inout Chance, pieces count: Int) -> String {
        (0..<count).map { _ in pieces.randomElement(using: &chance) ?? "" }.joined()
    }

    @Test("Masking ends, keeps text without marks, and finds nothing new in its own work (P-82)")
    func masks() {
        var chance = Chance(state: 2_026)
        for _ in 0..<20_000 {
            let text = Self.text(&chance, pieces: Int.random(in: 0...24, using: &chance))
            let masked = SecretMask.masked(text)
            let isSuspicious = SecretMask.isSuspicious(text.utf8.span)
            #expect(isSuspicious || masked == text)
            #expect(masked.utf8.count <= text.utf8.count * 4 + 16)
            let pem = text.contains("PRIVATE KEY")
            #expect(pem || SecretMask.masked(masked) == masked, "\(text.debugDescription)")
        }
    }

    @Test("A long text is cut to its true end or beginning, wherever the cut falls (P-73, D-83)")
    func cuts() async throws {
        let harmless = Self.pieces.filter { piece in
            !SecretMask.isSuspicious("\(piece)=hunter2hunter2 x".utf8.span) && !piece.contains("\u{1B}")
                && piece != "\r\n"
                && piece != "\u{202E}" && piece != "@"
        }
        var chance = Chance(state: 7)
        for round in 0..<60 {
            let pieces = (0..<(4_000 + 700 * round)).map { _ in harmless.randomElement(using: &chance) ?? "" }
            let text = "\(round): \(pieces.joined()) end"
            let output: JSONValue = [
                "logs": .string(text), "notebook_output": ["result": .string(text)], "metadata": ["run_id": 1],
            ]
            let result = try await ToolBench(ScriptedTransport(output.description))
                .call("get_run_output", ["run_id": 1])
            let clean = UntrustedText.cleaned(text)
            let logs = try #require(try result.json["logs"]?.string)
            let tail = logs.hasPrefix("[cut: ") ? logs.drop { $0 != "\n" }.dropFirst() : logs[...]
            let isEnd = Array(clean.utf8).hasSuffix(Array(tail.utf8))
            #expect(isEnd, "round \(round)")
            #expect(tail.utf8.count > 1_000)
            let shown = try #require(try result.json["notebook_output"]?["result"]?.string)
            let head = shown.firstRange(of: "[cut: ").map { shown[..<$0.lowerBound] } ?? shown[...]
            let isBeginning = clean.utf8.starts(with: head.utf8)
            #expect(isBeginning, "round \(round)")
            #expect(head.utf8.count > 1_000)
        }
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ other: [UInt8]) -> Bool { suffix(other.count).elementsEqual(other) }
}
