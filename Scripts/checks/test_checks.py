"""Each check is shown a fault that it must find and something sound that it must leave alone."""

import unittest

from checks import documentation, imports, logging, observability, promql, settings, text, toolchain, troubleshooting, waiting
from checks.rule_files import Expectation, Rule


def advice(findings: list) -> str:
    """All findings as one text."""
    return "\n".join(str(finding) for finding in findings)


class ImportTests(unittest.TestCase):
    """Scripts/checks/imports.py"""

    def found(self, path: str, line: str) -> str:
        return advice(imports.check_file(path, [line]))

    def test_sound_imports(self):
        for path, line in [
            ("Sources/HTTPTransport/Transfer.swift", "internal import CCurl"),
            ("Sources/Jobs/ListJobs.swift", "package import MCP"),
            ("Sources/JSON/JSONParser.swift", "private import Glibc"),
            ("Sources/App/HTTPEndpoint.swift", "internal import HTTPServer"),
            ("Tests/AuthTests/ClaimsTests.swift", "import Testing"),
            ("Tests/AppTests/SettingsTests.swift", "@testable import App"),
            ("Sources/Jobs/ListJobs.swift", "/// import MCP first"),
        ]:
            self.assertEqual(self.found(path, line), "", line)

    def test_faults(self):
        for path, line, expected in [
            ("Sources/Jobs/ListJobs.swift", "import MCP", "access level"),
            ("Tests/TestSupport/ManualClock.swift", "import Logging", "access level"),
            ("Sources/Jobs/ListJobs.swift", "public import MCP", "package"),
            ("Sources/Auth/Fetch.swift", "internal import CCurl", "only HTTPTransport may import CCurl"),
            ("Tests/AuthTests/FetchTests.swift", "internal import COpenSSL", "only OpenSSL may import COpenSSL"),
            ("Tests/AuthTests/FetchTests.swift", "@testable internal import Auth", "package API"),
            ("Sources/App/SecretFiles.swift", "internal import HTTPServer", "HTTP files"),
        ]:
            self.assertIn(expected, self.found(path, line), line)


class LoggingTests(unittest.TestCase):
    """Scripts/checks/logging.py"""

    CODE = [
        "internal import Logging", 'let m: Logger.Metadata = ["job.id": "\\(job)", "text": "x"]',
        'metadata["http.status"] = "\\(status)"', 'let values = [("token.kid", kid), ("http_route", route)]',
        'fields: [(key: "log.dropped", value: "1")]', '// "no.key": "\\(x)"', 'metadata: ["problem": "\\(x)"])',
        'static let error = LogKey("error")',
    ]
    ROWS = [
        "| `job.id` | `JOB_ID` | `job_id` | text | |", "| `text` | `TEXT` | `text` | text | |",
        "| `http.status` | `HTTP_STATUS` | `http_status` | number | |",
        "| `token.kid` | `TOKEN_KID` | `token_kid` | text | |",
        "| `log.dropped` | `LOG_DROPPED` | `log_dropped` | number | |",
        "| `problem` | `PROBLEM` | `problem` | text | |", "| `error` | `ERROR` | `error` | text | |",
    ]
    TYPES = ['static let numbers: Set<String> = [', '    "http.status",', '    "log.dropped",', ']']

    def found(self, rows: list[str]) -> str:
        code = logging.keys_in("Sources/App/X.swift", self.CODE)
        return advice(logging.check_page(rows, code, logging.types_in(self.TYPES)))

    def test_sound_page(self):
        self.assertEqual(self.found(self.ROWS), "")
        self.assertEqual(logging.keys_in("Sources/App/X.swift", self.CODE[1:]), {}, "a file that does not log")

    def test_faults(self):
        for rows, expected in [
            (self.ROWS[1:], "give `job.id` a row"),
            (self.ROWS + ["| `old.key` | `OLD_KEY` | `old_key` | text | |"], "no code logs `old.key`"),
            (self.ROWS + [self.ROWS[0]], "has a row already"),
            (["| `job.id` | `JOBID` | `job_id` | text | |"] + self.ROWS[1:], "journal name of `job.id` is `JOB_ID`"),
            (["| `job.id` | `JOB_ID` | `job.id` | text | |"] + self.ROWS[1:], "json name of `job.id` is `job_id`"),
            (["| `job.id` | `JOB_ID` | `job_id` | number | |"] + self.ROWS[1:], "`job.id` is of type text"),
            (self.ROWS[:4] + self.ROWS[5:], "`log.dropped` is no log field"),
        ]:
            self.assertIn(expected, self.found(rows))


class DocumentationTests(unittest.TestCase):
    """Scripts/checks/documentation.py"""

    def found(self, source: str) -> str:
        return advice(documentation.check_file("Sources/X/X.swift", source.splitlines()))

    def test_sound_declarations(self):
        for source in [
            "/// What it is.\npackage struct A {}",
            "/// What it is.\n@safe\npackage final class A {}",
            "struct A { package(set) var b = 0 }",
            "internal struct A {}",
            "package import Logging",
            "/// A.\npackage struct A: CustomStringConvertible {\n    package var description: String { \"\" }\n}",
            "extension A: Service {\n    package func run() async throws {}\n}",
            "extension A: Sequence {\n    // Why.\n    package func rest() {\n    }\n}",
        ]:
            self.assertEqual(self.found(source), "", source)

    def test_faults(self):
        for source, name in [
            ("package struct A {}", "A"),
            ("// Not a doc comment.\npackage enum B {}", "B"),
            ("/// A.\npackage struct A {\n    package let c: Int\n}", "c"),
            ("/// A.\n\npackage func d() {}", "d"),
            ("extension A {\n    package func e() {}\n}", "e"),
            ("extension A where T: B {\n    package static func f() {}\n}", "f"),
            ("@safe package final class G {}", "G"),
            ("package nonisolated(unsafe) static var h = 0", "h"),
            ("extension A: B {}\n\nextension A {\n    package init(_ i: Int) {}\n}", "init"),
        ]:
            self.assertIn(f"`{name}`", self.found(source), source)


class TextTests(unittest.TestCase):
    """Scripts/checks/text.py and settings.py"""

    def test_unfinished_work(self):
        self.assertTrue(text.UNFINISHED.search("// TO" + "DO: later"))
        self.assertFalse(text.UNFINISHED.search("mastodon, methods"))

    def test_anchors(self):
        self.assertEqual(text.slug(" What you see: `make run`"), "what-you-see-make-run")
        page = ["# One", "```sh", "# no heading", "```", "## kid_unknown", "###no heading either"]
        self.assertEqual(text.headings(page), [("one", 1), ("kid_unknown", 5)])

    def test_links(self):
        page = "See [this\npage](a.md#b) and\n![a picture](c.png), [there](https://example.com)."
        self.assertEqual(text.links(page), [("a.md#b", 2), ("https://example.com", 3)])

    def test_setting_names(self):
        self.assertEqual(settings.IN_REFERENCE.findall("| `MCP_PORT` | 8000 | like `MCP_HOST` |"), ["MCP_PORT"])
        self.assertEqual(settings.IN_EXAMPLE.findall("# MCP_PORT=8000"), ["MCP_PORT"])
        self.assertEqual(settings.IN_CODE.findall('key("MCP_PORT", "x")'), ["MCP_PORT"])


class ToolchainTests(unittest.TestCase):
    """Scripts/checks/toolchain.py"""

    PLACES = {
        "Dockerfile": ["FROM x", "ARG SWIFT_IMAGE=swift:6.3.1-bookworm"], "Package.swift": ["// swift-tools-version: 6.3"],
        "README.md": ["Swift 6.3 is offered."], "CONTRIBUTING.md": ["[Swift 6.3](https://x)"],
    }

    def found(self, pin: list[str], **changes: list[str]) -> str:
        places = {path: changes.get(path.partition(".")[0], text) for path, text in self.PLACES.items()}
        return advice(toolchain.check_version(pin, places))

    def test_versions(self):
        self.assertEqual(self.found(["6.3.1"]), "")
        for pin, changes, expected in [
            ([], {}, "one line"), (["6.3"], {}, "one line"), (["6.3.1", ""], {}, "one line"),
            (["6.3.2"], {}, "Dockerfile:2: .swift-version says 6.3.2, not 6.3.1"),
            (["6.3.1"], {"Dockerfile": ["ARG SWIFT_IMAGE=swift:6.3-bookworm"]}, "not 6.3"),
            (["6.3.1"], {"Dockerfile": []}, "Dockerfile:1: name the Swift"),
            (["6.3.1"], {"Package": ["// swift-tools-version: 6.2"]}, "says 6.3, not 6.2"),
            (["6.3.1"], {"README": ["Swift 6.2"]}, "README.md:1"),
        ]:
            self.assertIn(expected, self.found(pin, **changes))

    def test_calls(self):
        for path, line, finds in [
            ("Makefile", "\tswift build", True), ("Makefile", "\t@A=b swift build", True),
            ("Makefile", "\tScripts/with-swift.sh swift build", False), ("x.sh", "    swiftc -v", True),
            ("x.sh", "# swift build", False), ("x.sh", 'check "formatting" swift format lint', True),
        ]:
            self.assertEqual(bool(toolchain.check_calls(path, [line])), finds, line)
        self.assertEqual(toolchain.check_calls("x.sh", ["source Scripts/common.sh", "swift build"]), [])


class TroubleshootingTests(unittest.TestCase):
    """Scripts/checks/troubleshooting.py"""

    SOURCE = [
        "    package enum Reason: String {", "        /// Why.", "        case malformed",
        '        case tooLarge = "too_large"', "        case issuer, tenant", "    }", "    case elsewhere",
    ]
    PAGE = ["# Page"] + [f"### {name}" for name in [
        "malformed", "too_large", "issuer", "tenant", *troubleshooting.WITHOUT_FAULT,
        *(f"AADSTS{code}" for code in troubleshooting.ENTRA_CODES),
    ]]

    def found(self, page: list[str], source: list[str]) -> str:
        return advice(troubleshooting.check_page(page, source))

    def test_sound_page(self):
        names = ["malformed", "too_large", "issuer", "tenant"]
        self.assertEqual([name for name, _ in troubleshooting.reasons(self.SOURCE)], names)
        self.assertEqual(self.found(self.PAGE, self.SOURCE), "")

    def test_faults(self):
        for name in ["too_large", "tenant", "no_credentials", "AADSTS9010010", "AADSTS700213"]:
            page = [line for line in self.PAGE if line != f"### {name}"]
            self.assertIn(f"give {name} a heading", self.found(page, self.SOURCE))
        self.assertIn("#issuer", self.found([*self.PAGE, "## Issuer"], self.SOURCE))
        self.assertIn("no `enum Reason`", self.found(self.PAGE, ["enum Other {"]))

    def test_table(self):
        sources = ["Row([50076], .interact, \"x\"),\nRow(\n    [53003,\n     7_000_215], .denied,\n    \"y\"),"]
        page = ["| `interact` | words | 50076 |", "| `denied` | words | 53003, 7000215 |"]
        self.assertEqual(advice(troubleshooting.check_table(page, sources)), "")
        self.assertIn("`denied`: [7000215]", advice(troubleshooting.check_table([page[0], page[1].replace(", 7000215", "")], sources)))
        self.assertIn("`interact`: [50076]", advice(troubleshooting.check_table(page[1:], sources)))
        self.assertIn("no rows", advice(troubleshooting.check_table(page, [""])))


class ObservabilityTests(unittest.TestCase):
    """Scripts/checks/observability.py and what it reads with"""

    NAMES = observability.Names(
        {"token_rejections_total", "obo_exchange_duration_seconds", "obo_cache_entries"},
        [Rule("r.yml", 1, "record", "job:x:rate5m", "sum by (job, reason) (rate(token_rejections_total[5m]))"),
         Rule("r.yml", 2, "record", "job:x:ratio", "job:x:rate5m / 2")])

    def test_taking_apart(self):
        used = promql.uses('sum by (job, le) (rate(a_bucket{b="x,y{z}", c!~"q"}[5m])) > 0 and on (job) d unless e{f="g"}')
        self.assertEqual(sorted(used.selectors), [("a_bucket", ["b", "c"]), ("d", []), ("e", ["f"])])
        self.assertEqual(used.groups, ["job", "le", "job"])
        self.assertEqual(promql.without_variables('x{job=~"$job"}[$__rate_interval]'), 'x{job=~".*"}[5m]')

    def test_sound_expressions(self):
        for expression in [
            'sum by (reason) (increase(token_rejections_total{reason!="expired"}[1h])) > 0',
            "histogram_quantile(0.5, sum by (job, le) (rate(obo_exchange_duration_seconds_bucket[5m])))",
            'max by (instance) (obo_cache_entries)', 'job:x:ratio{reason="tenant"}', 'up{job="x"} == 0',
        ]:
            self.assertEqual(self.NAMES.problems(expression), [], expression)

    def test_faults(self):
        for expression, expected in [
            ("rate(token_rejection_total[5m])", "token_rejection_total"),
            ('token_rejections_total{cause="x"}', "no label cause"),
            ("obo_cache_entries_bucket", "obo_cache_entries_bucket"),
            ("sum by (user) (obo_cache_entries)", "grouped by user"),
            ("job:y:rate5m", "job:y:rate5m"),
        ]:
            self.assertIn(expected, "\n".join(self.NAMES.problems(expression)), expression)

    def test_alerts(self):
        alert = Rule("r.yml", 1, "alert", "A", "up == 0", {
            "summary": "s", "description": "d", "runbook_url": "docs/operations.md#a", "labels": "{severity: warning}"})
        self.assertEqual(observability.check_alert(alert, {"a"}), [])
        self.assertIn("runbook_url", "\n".join(observability.check_alert(alert, {"b"})))
        alert.annotations |= {"labels": "{severity: loud}"}
        self.assertIn("severity", "\n".join(observability.check_alert(alert, {"a"})))

    def test_both_cases(self):
        alert, fires = Rule("r.yml", 1, "alert", "A"), Expectation("t.yml", 1, "A", fires=True)
        quiet = Expectation("t.yml", 2, "A", fires=False)
        self.assertEqual(observability.uncovered([alert], [fires, quiet]), [])
        self.assertIn("stays quiet", advice(observability.uncovered([alert], [fires])))
        self.assertIn("fires", advice(observability.uncovered([alert], [quiet])))
        self.assertIn("no alert is called A", advice(observability.uncovered([], [fires])))


class WaitingTests(unittest.TestCase):
    """Scripts/checks/waiting.py"""

    def test_sound_swift(self):
        for source in [
            "try await clock.sleep(for: .seconds(5))", "package func sleep(for duration: Duration) async throws {",
            "sleep: { try await clock.sleep(for: $0) }", "try await Task.sleep(for: .seconds(3_600))",
            "let server = ServerProcess()", "let process = try await ChildProcess.start()",
            "// waitUntilExit() blocked here, and so did sleep(1)", 'let script = "sleep(5); DispatchSemaphore"',
            'let script = """\n    usleep(5)\n    """', "await closed.wait()",
            "#expect(text.utf8.count < 4096)", "#expect(ContinuousClock.now - start >= .milliseconds(150))",
            '#expect(labels["duration_ms"].count < 3)', "#expect(first.total > .zero && waits.count < 3)",
            '#expect(!text.contains("elapsed < 3"))', "#expect(values[..<3] == expected && clock.now == end)",
            "let late = elapsed < .seconds(1)", "#expect(start > Date.now.timeIntervalSince1970 - 86_400)",
            "let times: Dictionary<Int, Duration> = [:]",
        ]:
            self.assertEqual(advice(waiting.check_swift("Tests/XTests/X.swift", source.split("\n"))), "", source)

    def test_faults_in_swift(self):
        for source, line, expected in [
            ("process.waitUntilExit()", 1, "await the end"), ("let p = Process()", 1, "Subprocess"),
            ("let p: Foundation.Process", 1, "Subprocess"), ("try pipe.fileHandleForReading.readToEnd()", 1, "as data comes"),
            ("let done = DispatchSemaphore(value: 0)", 1, "await an event"), ("usleep(1_000)", 1, "wait for the event"),
            ("    sleep(1)", 1, "wait for the event"), ("Thread.sleep(forTimeInterval: 1)", 1, "wait for the event"),
            ("try await Task.sleep(for: .milliseconds(5))", 1, "ManualClock"),
            ("@Suite(.timeLimit(.minutes(2))) struct A {}", 1, "Patience.swift"),
            ("#expect(clock.duration(to: .now) < .seconds(3))", 1, "order"),
            ('#expect(isModern == (elapsed < .seconds(1)), "\\(elapsed)")', 1, "order"),
            ('#expect(line["a"] == "b" && ContinuousClock.now - start <= .seconds(1))', 1, "order"),
            ("let a = 1\n#expect(\n    try #require(elapsed)\n        < limit)", 2, "order"),
            ("#expect(.seconds(3) > elapsed)", 1, "order"), ("try #require(took <= .seconds(3))", 1, "order"),
            ("#expect((.zero ..< .seconds(1)).contains(elapsed))", 1, "order"),
            ("#expect(abs(time.timeIntervalSinceNow) < 60)", 1, "order"),
        ]:
            findings = waiting.check_swift("Tests/XTests/X.swift", source.split("\n"))
            self.assertIn(expected, advice(findings), source)
            self.assertIn(line, [finding.line for finding in findings], source)
            self.assertEqual(waiting.check_swift(waiting.SWIFT_PLACE, source.split("\n")), [], source)

    def test_sound_python(self):
        for source in [
            "wait_until(lambda: ready, 'it')", "await asyncio.sleep(0)", "child.wait(LONG)", "', '.join('ab')", "lock.wait()",
            "run(x, timeout=LONG)", "child.wait(0)", "assert len(found) < 3", "assert elapsed >= 0.5",
            "assert 3 < time.monotonic() - start", "deadline = time.monotonic() + LONG", "print(f'{elapsed < 3}')",
            "assert time.strftime('%H') < '24'", "over.wait(INTERVAL)",
        ]:
            self.assertEqual(advice(waiting.check_python("Tests/X/x.py", [source])), "", source)

    def test_faults_in_python(self):
        for source, expected in [
            ("time.sleep(0.1)", "wait_until"), ("from time import sleep", "wait_until"), ("sleep(pause)", "wait_until"),
            ("async def f():\n    await asyncio.sleep(0.5)", "wait_until"),
            ("assert elapsed < 10", "order"), ("assert time.monotonic() - started < 10, 'late'", "order"),
            ("assert ready and 10 > time.time() - started", "order"), ("assert 0 < time_elapsed <= 3", "order"),
            ("self.assertLess(elapsed, 3)", "order"), ("run(x, timeout=30)", "ceiling"), ("child.wait(10)", "ceiling"),
            ("thread.join(5)", "ceiling"), ("socket.settimeout(2.5)", "ceiling"), ("asyncio.wait_for(step(), 60)", "ceiling"),
        ]:
            self.assertIn(expected, advice(waiting.check_python("Tests/X/x.py", source.split("\n"))), source)
            self.assertEqual(waiting.check_python(waiting.PYTHON_PLACE, source.split("\n")), [], source)

    def test_shell(self):
        for line in ["wait_for is_ready", "# sleep 5", "say 'do not sleep'", "curl --max-time \"$patience\" x", "started=$SECONDS"]:
            self.assertEqual(waiting.check_shell("Scripts/x.sh", [line]), [], line)
        for line, expected in [
            ("sleep 5", "wait_for"), ("until ready; do sleep 0.1; done", "wait_for"), ("curl --max-time 20 x", "patience"),
            ("deadline=$((SECONDS + 20))", "patience"), ("((SECONDS - started < 10)) || fail", "order"),
        ]:
            self.assertIn(expected, advice(waiting.check_shell("Scripts/x.sh", [line])), line)


if __name__ == "__main__":
    unittest.main()
