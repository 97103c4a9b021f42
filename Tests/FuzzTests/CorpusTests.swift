internal import Foundation
internal import FuzzProperties
internal import Testing

/// One committed seed or regression input.
struct CorpusFile: CustomTestStringConvertible, Sendable {
    let subject: FuzzSubject
    let url: URL

    var testDescription: String { "\(subject.rawValue)/\(url.lastPathComponent)" }

    /// Every file below `Fuzz/Corpus`.
    static let all: [CorpusFile] = FuzzSubject.allCases.flatMap { subject in
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fuzz/Corpus/\(subject.rawValue)").standardizedFileURL
        let urls = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (urls ?? []).sorted { $0.path < $1.path }.map { CorpusFile(subject: subject, url: $0) }
    }
}

@Suite struct CorpusTests {
    @Test("Holds every property for", arguments: CorpusFile.all)
    func holds(_ file: CorpusFile) async throws {
        let input = try Data(contentsOf: file.url)

        await #expect(throws: Never.self) { try await file.subject.check(Array(input)) }
    }

    @Test("Has seeds for", arguments: FuzzSubject.allCases)
    func hasSeeds(_ subject: FuzzSubject) {
        #expect(CorpusFile.all.count { $0.subject == subject } >= 10)
    }

    @Test(
        "Finds text that could forge a line of a log (E-153)",
        arguments: ["a\nb", "a\r", "\u{1B}[2J", "\u{7F}", "\u{9B}31m", "\u{2028}", "\u{202E}txt", "\u{FEFF}"])
    func findsHarmfulText(_ text: String) {
        #expect(throws: Violation.self) { try LogSafety.require(text, "the text") }
    }

    @Test("Finds text that is too long, and lets the rest pass")
    func boundsText() {
        #expect(throws: Violation.self) { try LogSafety.require("abcd", limit: 3, "the text") }
        #expect(throws: Never.self) { try LogSafety.require("aé日?", limit: 4, "the text") }
    }
}
