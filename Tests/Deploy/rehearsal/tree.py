"""Where things are, and the parsers."""

from collections.abc import Iterator
from pathlib import Path

import tree_sitter
import tree_sitter_bash
import tree_sitter_bicep
import tree_sitter_powershell

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"

_LANGUAGES = {
    "bicep": tree_sitter_bicep, "bash": tree_sitter_bash, "powershell": tree_sitter_powershell,
}

Node = tree_sitter.Node


def parse(language: str, text: str) -> Node:
    """The tree of a text; an assertion fails at its first error."""
    root = tree_sitter.Parser(tree_sitter.Language(_LANGUAGES[language].language())).parse(text.encode()).root_node
    for node in walk(root):
        assert not node.is_error and not node.is_missing, \
            f"line {node.start_point.row + 1}: {language} does not parse at {source(node)[:60]!r}"
    return root


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in node.children:
        yield from walk(child)


def source(node: Node) -> str:
    """The text of a node."""
    return node.text.decode()
