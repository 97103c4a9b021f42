internal import Testing

@testable import App

@Suite struct HealthQuestionTests {
    @Test(
        "Asks where a server on this machine answers, whatever interfaces it listens on",
        arguments: [
            ("127.0.0.1", "http://127.0.0.1:8000/healthz"), ("0.0.0.0", "http://127.0.0.1:8000/healthz"),
            ("::", "http://[::1]:8000/healthz"), ("[::]", "http://[::1]:8000/healthz"),
            ("::1", "http://[::1]:8000/healthz"), ("fd00::7", "http://[fd00::7]:8000/healthz"),
            ("[fd00::7]", "http://[fd00::7]:8000/healthz"), ("10.0.0.5", "http://10.0.0.5:8000/healthz"),
            ("localhost", "http://localhost:8000/healthz"),
        ])
    func url(host: String, expected: String) {
        #expect(HealthQuestion(address: Settings.Address(host: host, port: 8_000), path: "/healthz").url == expected)
    }
}
