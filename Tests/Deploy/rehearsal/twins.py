"""The PowerShell scripts: they parse, and do with `az` what their bash twins do.

No PowerShell is needed for that: the command lines of both are taken from their syntax trees and compared.
"""

import re

from driver.report import Report
from rehearsal import azure_commands
from rehearsal.tree import DEPLOY, Node, parse, source, walk

PAIRS = ("container-apps/deploy", "entra/federate", "entra/register-app")
VERBS = {
    "look": "reads", "exists": "tests", "change": "changes", "patiently": "changes, patiently", "show": "reads",
    "Read-Azure": "reads", "Test-Azure": "tests", "Set-Azure": "changes", "Set-AzurePatiently": "changes, patiently",
    "Show-Resource": "reads",
}

#: What a command does, its words, and its options.
Shape = tuple[str, str, tuple[str, ...]]


def shape(verb: str, words: list[str]) -> Shape | None:
    """The shape of a command line; ``None`` when its words are in a variable."""
    command = next((text for count in range(5, 0, -1) if (text := " ".join(words[:count])) in azure_commands.COMMANDS), None)
    if command is None:
        assert not words or not re.match(r"[a-z]", words[0]), f"no such command: az {' '.join(words[:4])}"
        return None
    options = tuple(sorted(word for word in words if word.startswith("--")))
    unknown = [option for option in options if option not in azure_commands.COMMANDS[command] | dict.fromkeys(
        azure_commands.COMMON)]
    assert not unknown, f"az {command} has no options {unknown}"
    return (VERBS[verb], command, options)


def bash_commands(root: Node) -> set[Shape]:
    """What a bash script does with az."""
    found = set()
    for node in (node for node in walk(root) if node.type == "command"):
        verb, *words = [source(child) for child in node.named_children]
        if verb in VERBS and (known := shape(verb, words)):
            found.add(known)
    return found | {("names", words, ()) for words in kept(root, "array", r"[\s()]+")}


def powershell_commands(root: Node) -> set[Shape]:
    """What a PowerShell script does with az."""
    found = set()
    for node in (node for node in walk(root) if node.type == "command"):
        verb, *words = re.split(r"\s+", source(node))
        if verb in VERBS and (known := shape(verb, words)):
            found.add(known)
    return found | {("names", words, ()) for words in kept(root, "array_literal_expression", r"[\s',]+")}


def kept(root: Node, kind: str, between: str) -> set[str]:
    """The command lines that are kept in a list, to be used several times."""
    found = set()
    for node in (node for node in walk(root) if node.type == kind):
        words = [word for word in re.split(between, source(node)) if word]
        command = next((text for count in (4, 3, 2) if (text := " ".join(words[:count])) in azure_commands.COMMANDS), None)
        if command:
            found.add(" ".join([command, *sorted(word for word in words if word.startswith("--"))]))
    return found


def parameters(root: Node) -> dict[str, str]:
    """The parameters of a PowerShell script in the form of options, with their defaults."""
    found = {}
    block = next(node for node in walk(root) if node.type == "param_block")
    for node in (node for node in walk(block) if node.type == "script_parameter"):
        name = next(source(child) for child in walk(node) if child.type == "variable").removeprefix("$")
        option = "--" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
        default = next((source(child) for child in node.named_children if child.type == "script_parameter_default"), "")
        found[option] = default.lstrip("= ").strip("'")
    return found


def check(report: Report) -> None:
    """All checks of the twins."""
    report.section("deploy, PowerShell")
    for name in (*PAIRS, "lib"):
        with report.check(f"{name}.ps1 parses, is strict, and looks at each exit code"):
            text = (DEPLOY / f"{name}.ps1").read_text()
            root = parse("powershell", text)
            calls = [source(node) for node in walk(root) if node.type == "command" and source(node).startswith("az ")]
            if name == "lib":
                assert "Set-StrictMode -Version 3.0" in text and "$ErrorActionPreference = 'Stop'" in text
                assert len(calls) == text.count("$LASTEXITCODE") == 5, calls
            else:
                assert not calls, f"through the functions of lib.ps1, please: {calls}"
                assert text.startswith("#Requires -Version 7.2\n") and "lib.ps1')" in text
    for name in PAIRS:
        bash_text, shell_text = ((DEPLOY / f"{name}.{kind}").read_text() for kind in ("sh", "ps1"))
        bash, shell = parse("bash", bash_text), parse("powershell", shell_text)
        with report.check(f"{name}: both do the same with az"):
            ours, theirs = bash_commands(bash), powershell_commands(shell)
            assert len(ours) >= 3, ours
            assert ours == theirs, f"bash alone: {sorted(ours - theirs)}\nPowerShell alone: {sorted(theirs - ours)}"
        with report.check(f"{name}: both take the same options with the same defaults, each described"):
            wanted = set(re.findall(r"^#   (--[a-z-]+)", bash_text, re.MULTILINE))
            given = parameters(shell)
            assert wanted == given.keys(), wanted ^ given.keys()
            described = {"--" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", word).lower()
                         for word in re.findall(r"^\.PARAMETER (\w+)", shell_text, re.MULTILINE)}
            assert described == wanted, described ^ wanted
            for option, default in given.items():
                described_default = re.search(rf"^#   {option} .*\(([a-z0-9.]+)\)", bash_text, re.MULTILINE)
                assert not described_default or described_default[1] in (default, "commit"), (option, default)
        with report.check(f"{name}: both send the same texts"):
            for value in re.findall(r'"(?:value|admin\w+|user\w+|description|category)": "([^"]+)"', bash_text):
                assert value in shell_text, value
            assert set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", bash_text)) == \
                set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", shell_text))
    with report.check("container-apps/deploy: both fill every place of app.yaml"):
        places = set(re.findall(r"@([A-Z_]+)@", (DEPLOY / "container-apps/app.yaml").read_text()))
        assert places == set(re.findall(r"\[([A-Z_]+)\]=", (DEPLOY / "container-apps/deploy.sh").read_text()))
        block = re.search(r"\$values = @\{(.*?)\n\}", (DEPLOY / "container-apps/deploy.ps1").read_text(), re.DOTALL)[1]
        assert places == set(re.findall(r"(?<![\w$])([A-Z][A-Z_]+) =", block)), block
