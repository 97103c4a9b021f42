"""Scripts/checks/requirements.py and citations.py are shown faults, and sound text that they must leave alone.

The ids here are put together, so that the check of ids does not take them for quotes.
"""

import unittest

from checks import citations, requirements

ONE, TWO, THREE = ("Q-" + number for number in ("01", "02", "03"))


def advice(findings: list) -> str:
    """All findings as one text."""
    return "\n".join(str(finding) for finding in findings)


class RequirementTests(unittest.TestCase):
    """Definitions, quotes and the table."""

    PAGE = [
        f"- **{ONE}** A rule that", "  goes on. [RFC 1]", f"- **{TWO}a** Another one. Ours: we like it, see {ONE}.",
        "", "[RFC 1]: https://example.com/1",
    ]

    def definitions(self, page: list[str]) -> requirements.Definitions:
        found = requirements.Definitions()
        found.add_page("page.md", page)
        return found

    def test_definitions(self):
        found = self.definitions(self.PAGE)
        self.assertEqual(found.places, {ONE: ("page.md", 1), TWO + "a": ("page.md", 3)})
        self.assertEqual(found.findings, [])

    def test_faults_in_definitions(self):
        for page, expected in [
            ([f"- **{ONE}** A rule."], "where it comes from"),
            ([f"- **{ONE}** A rule. [RFC 2]", *self.PAGE[1:]], "[RFC 2] leads nowhere"),
            ([f"- **{ONE}** Ours.", f"- **{ONE}** Ours."], "defined in page.md:1 already"),
            ([f"- **{ONE}** Ours: `x[RFC 1]`.", "", self.PAGE[-1]], "nothing on this page refers to [RFC 1]"),
        ]:
            self.assertIn(expected, advice(self.definitions(page).findings))

    def test_quotes(self):
        defined = {name: ("page.md", 1) for name in (ONE, TWO, THREE)}
        for line, names in [
            (f"/// A rule ({ONE}, {THREE}).", {ONE, THREE}), (f"// {ONE} to {THREE}", {ONE, TWO, THREE}),
            (f"see `{ONE}` to `{TWO}`.", {ONE, TWO}), (f"{ONE}: one", {ONE}), ("in UTF" + "-8 and P" + "-256", set()),
            (f'"{ONE}\\(x)"', set()), (f"x{ONE} {ONE}-{ONE} ADB" + "-1.2", set()), ("guid D" + "-0000-4000", set()),
        ]:
            self.assertEqual(set(requirements.quotes_in("x.swift", [line], defined)), names, line)

    def test_what_does_not_resolve(self):
        defined = {ONE: ("page.md", 1), TWO: ("page.md", 2)}
        quotes = {ONE: [("x.swift", 1)], THREE: [("x.swift", 2)]}
        found = advice(requirements.check_quotes(defined, quotes, {}))
        self.assertIn(f"x.swift:2: {THREE} is defined nowhere", found)
        self.assertIn(f"page.md:2: nothing quotes {TWO}", found)
        self.assertNotIn(ONE, found)
        self.assertIn(THREE, advice(requirements.check_quotes({}, {}, {THREE: [("page.md", 3)]})))

    def test_table(self):
        defined = {TWO: ("docs/requirements/page.md", 2), ONE: ("docs/requirements/page.md", 1)}
        quotes = {ONE: [("Tests/B.swift", 3), ("Tests/A.swift", 1), ("Tests/A.swift", 9), ("Sources/C.swift", 1)]}
        page = requirements.table(defined, quotes)
        self.assertIn(f"| {ONE} | `A.swift`, `B.swift` |", page)
        self.assertIn(f"- {TWO}, [here](page.md)", page)

    def test_order(self):
        names = ["Q-" + number for number in ("92", "92a", "92b", "100")]
        self.assertEqual(sorted(reversed(names), key=requirements.order), names)


class CitationTests(unittest.TestCase):
    """Pages, sections and paths."""

    def test_pages(self):
        known = {"docs/settings.md", "docs/adr/README.md", "CONTRIBUTING.md"}
        for line in ["docs/settings.md#x", "see CONTRIBUTING.md", "[s](../settings.md)", "https://x/none.md", "*.md", "adr/README.md"]:
            self.assertEqual(citations.check_pages("docs/adr/1.md", [line], known), [], line)
        for line in ["/// As notes.md says", "(docs/none.md)", "settings/README.md"]:
            self.assertIn("no page is called", advice(citations.check_pages("Sources/A/A.swift", [line], known)), line)

    def test_sections(self):
        for text in [["/// RFC 6750 section 3.1"], ["/// RFC 9112,", "/// section 5"], ["/// section 5 of RFC 9112"], ["// (TLS 1.2)"],
                     ["let x = f(0.5, 1.5)  // half"], ["// the intersection 5"], ["// ratios (1.25 to 2)"]]:
            self.assertEqual(citations.check_sections("Sources/A/A.swift", text), [], text)
        for line in ["/// The table of section 3", "/// (Sections 2 and 3)", "/// As it is written (9.3).", f"// 5 (3.1, {ONE})"]:
            self.assertIn("of what?", advice(citations.check_sections("Sources/A/A.swift", [line])), line)

    def test_paths(self):
        tops = {"Scripts", "App", "Fuzz"}
        for line in ["`Scripts/checks`", "`Scripts/checks/tree.py`", "`Fuzz/Corpus/SUBJECT`", "`a/b`", "`Scripts`"]:
            self.assertEqual(citations.check_paths("CONTRIBUTING.md", [line], tops), [], line)
        self.assertIn("App/None.swift is not there", advice(citations.check_paths("CONTRIBUTING.md", ["`App/None.swift`"], tops)))


if __name__ == "__main__":
    unittest.main()
