"""The commands in the installation guides exist: Azure CLI, our scripts and their options, Helm and its values."""

import json
import re
import shlex
from collections.abc import Iterator

from driver.report import Report
from rehearsal import azure_commands, chart
from rehearsal.bicep import BicepFile
from rehearsal.template import FOLDER
from rehearsal.tree import DEPLOY, ROOT, parse, source, walk

GUIDES = ("install-container-apps.md", "install-kubernetes.md", "sign-in.md")
#: A value of the chart, as text names it.
VALUE = re.compile(r"(?:credential|networkPolicy|metrics|autoscaling|ingress|image|log)\.[\w.]+")
#: Helm's subcommands and the options of them that the guides use.
HELM = {
    "upgrade": {"--install", "--namespace", "--create-namespace", "--set", "--values", "--wait", "--reuse-values",
                "--reset-then-reuse-values"},
    "history": {"--namespace"}, "rollback": {"--namespace", "--wait"}, "uninstall": {"--namespace"}, "status": {"--namespace"},
}


def blocks(text: str) -> Iterator[str]:
    """The blocks of shell commands."""
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        yield block


def commands(block: str) -> Iterator[list[str]]:
    """Each command with its words; what is in quotes or substituted is one word."""
    for node in (node for node in walk(parse("bash", block)) if node.type == "command"):
        words = [source(child) for child in node.named_children if child.type not in ("comment", "variable_assignment")]
        if words:
            yield words


def plain(word: str) -> str:
    """A word without its quotes; what the shell would fill in stays."""
    return word.strip("'\"")


def check_azure(words: list[str]) -> None:
    """A command line of the Azure CLI, with the template's parameters if it names any."""
    call = azure_commands.parse([plain(word) for word in words[1:]])
    if "main.bicep" in " ".join(call.options.get("--template-file", [])):
        known = BicepFile((FOLDER / "main.bicep").read_text()).parameters
        given = {value.partition("=")[0] for value in call.options["--parameters"]}
        assert given <= known.keys(), given - known.keys()


def check_script(words: list[str]) -> None:
    """One of our scripts with its options."""
    text = (ROOT / words[0]).read_text()
    for option in (word for word in words if word.startswith("--")):
        assert f"#   {option}" in text, f"{words[0]} has no option {option}"


def check_helm(words: list[str]) -> None:
    """A command line of Helm, with the chart's values."""
    options = [word for word in words if word.startswith("--")]
    assert not (unknown := set(options) - HELM[words[1]]), f"helm {words[1]} {unknown}"
    for option, value in zip(words, words[1:]):
        if option == "--set":
            check_value(value.partition("=")[0])


def check_value(path: str) -> None:
    """A value that the chart's schema has."""
    schema = json.loads((chart.CHART / "values.schema.json").read_text())
    for name in path.split("."):
        assert name in schema["properties"], f"the chart has no value {path}"
        schema = schema["properties"][name]


def check(report: Report) -> None:
    """All checks of the guides."""
    report.section("docs")
    parameters = BicepFile((FOLDER / "main.bicep").read_text()).parameters
    for name in GUIDES:
        text = (ROOT / "docs" / name).read_text()
        with report.check(f"{name}: every command is one, with options that exist"):
            count = 0
            for block in blocks(text):
                for words in commands(block):
                    check_one(words)
                    count += words[0] in ("az", "helm") or words[0].startswith("deploy/")
            assert count >= 8, count
        with report.check(f"{name}: what it names in passing exists too"):
            for inline in re.findall(r"`([^`\n]+)`", text):
                if inline.startswith(("az ", "deploy/")) and "..." not in inline and "." in inline.split()[0] + inline:
                    words = shlex.split(inline)
                    if words[0] == "az":
                        assert " ".join(words[1:]).startswith(tuple(azure_commands.COMMANDS)), inline
                    elif words[0].endswith(".sh"):
                        check_script(words)
                    else:
                        assert (ROOT / words[0]).exists(), inline
                elif VALUE.fullmatch(inline.partition("=")[0]):
                    check_value(inline.partition("=")[0])
    with report.check("install-container-apps.md: its table of options names those of script and template"):
        text = (ROOT / "docs" / GUIDES[0]).read_text()
        rows = re.findall(r"^\| `(--[^`]+)` \| (`[^|]+) \|", text, re.MULTILINE)
        script = (DEPLOY / "container-apps/deploy.sh").read_text()
        assert len(rows) >= 5, rows
        for options, names in rows:
            assert all(f"#   {option}" in script for option in re.findall(r"--[a-z-]+", options)), options
            assert all(re.match(r"`(\w+)", name)[1] in parameters for name in names.split(", ")), names


def check_one(words: list[str]) -> None:
    """A command of a guide, if it is one that can be checked."""
    if words[0] == "az":
        check_azure(words)
    elif words[0].startswith("deploy/"):
        check_script(words)
    elif words[0] == "helm":
        check_helm(words)
    else:
        assert words[0] in ("curl", "kubectl", "grep", "git", "output", "printf", "python3", "databricks-sandbox",
                            "databricks-jobs-mcp"), f"unknown command: {words[0]}"
