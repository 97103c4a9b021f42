internal import Testing

@testable import App

@Suite struct MediaPreferenceTests {
    /// `Accept` fields and what they ask for.
    static let table: [(accept: [String], MediaPreference)] = [
        ([], .json), ([""], .json), (["*/*"], .json), (["application/json"], .json), (["text/html"], .html),
        // Firefox, Chrome and Safari.
        (["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], .html),
        (["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"], .html),
        // Weights decide, then who is named.
        (["text/html;q=0.5, application/json"], .json), (["application/json;q=0.9, text/html"], .html),
        (["text/html, application/json"], .html), (["application/json, text/html"], .html),
        (["text/html;q=0.4, application/json;q=0.400"], .html), (["text/html;q=0.399, application/json;q=0.4"], .json),
        (["text/*"], .html), (["text/*;q=0.3, */*;q=0.2"], .html), (["text/*;q=0.1, */*;q=0.2"], .json),
        (["application/*"], .json), (["text/html;q=0, */*"], .json), (["application/json;q=0, */*"], .html),
        (["TEXT/HTML ; Q=1.0"], .html), (["text/html;level=1"], .html), (["text/html;level=1;q=0.1, */*;q=0.2"], .json),
        (["text/html;q=nonsense, application/json;q=0.9"], .json),
        // Several fields are one list.
        (["application/json;q=0.1", "text/html"], .html),
        (["image/png"], .neither), (["text/event-stream"], .neither), (["*/*;q=0"], .neither),
        (["text/html;q=0"], .neither), (["text/html;q=0.0, application/json;q=0.000"], .neither),
        // What MCP clients send.
        (["application/json, text/event-stream"], .json),
    ]

    @Test("The page for whoever names it and does not like JSON better; JSON for the rest", arguments: table)
    func choice(_ accept: [String], _ expected: MediaPreference) {
        #expect(MediaPreference(accept) == expected)
    }
}
