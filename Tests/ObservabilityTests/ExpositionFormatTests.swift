internal import Observability
internal import Testing

@Suite struct ExpositionFormatTests {
    @Test("Names its own version")
    func contentType() {
        #expect(ExpositionFormat.text.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            ExpositionFormat.openMetrics.contentType
                == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    }
}
