internal import Observability
internal import Testing

@testable import App

/// What a client accepts, and the format that it gets.
struct AcceptCase: CustomTestStringConvertible, Sendable {
    let accept: [String]
    let format: ExpositionFormat
    var testDescription: String { accept.joined(separator: " + ").prefix(80) + "" }

    init(_ accept: String..., gets format: ExpositionFormat) {
        self.accept = accept
        self.format = format
    }

    static let prometheus2 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
        + "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    static let prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
    static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

    static let all: [AcceptCase] = [
        .init(gets: .text), .init("", gets: .text), .init("*/*", gets: .text), .init(browser, gets: .text),
        .init(prometheus2, gets: .openMetrics), .init(prometheus3, gets: .openMetrics),
        .init("application/openmetrics-text", gets: .openMetrics),
        .init("APPLICATION/OpenMetrics-Text ; VERSION=\"1.0.0\" ; Q=1.000", gets: .openMetrics),
        .init("application/openmetrics-text; charset=utf-8", gets: .openMetrics),
        .init("application/openmetrics-text;version=0.0.1", gets: .text),
        .init("application/openmetrics-text;version=2.0.0", gets: .text),
        .init("application/openmetrics-text;q=0", gets: .text),
        .init("application/openmetrics-text;q=0,*/*", gets: .text),
        .init("application/openmetrics-text,text/plain", gets: .openMetrics),
        .init("application/openmetrics-text;q=0.4,text/plain;q=0.5", gets: .text),
        .init("application/openmetrics-text;q=0.501,text/plain;q=0.5", gets: .openMetrics),
        .init("application/openmetrics-text", "text/plain;q=0.5", gets: .openMetrics),
        .init("text/plain", "application/openmetrics-text;q=0.5", gets: .text),
        .init("*/*;q=0.1, application/openmetrics-text", gets: .openMetrics),
        .init("application/*", gets: .openMetrics), .init("text/*, application/*;q=0.9", gets: .text),
        .init("text/plain;q=0, */*", gets: .openMetrics),
        .init("application/json", gets: .text), .init("application/openmetrics-text;q=high", gets: .text),
        .init("application/openmetrics-text;q=1.5", gets: .text),
        .init("application/openmetrics-text;q=1.0000", gets: .text),
        .init("application/openmetrics-text;q=", gets: .text), .init(";,;q=,/,a/,/b,\"", gets: .text),
        .init("x/y;a=\",application/openmetrics-text,\"", gets: .text),
        .init("x/y;a=\"\\\",\",application/openmetrics-text", gets: .openMetrics),
        .init(String(repeating: "a/b,", count: 1_024) + "application/openmetrics-text", gets: .text),
    ]
}

@Suite struct ExpositionFormatAcceptTests {
    @Test("Chooses the format by Accept", arguments: AcceptCase.all)
    func negotiation(_ row: AcceptCase) {
        #expect(ExpositionFormat(accept: row.accept) == row.format)
    }
}
