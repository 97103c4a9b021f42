"""Writes /etc/databricks-jobs-mcp/environment for the Debian package: every setting of docs/settings.md, commented out.

usage: python3 environment_file.py docs/settings.md > environment
"""

import re
import sys
import textwrap
from pathlib import Path

HEADER = """\
# Settings of databricks-jobs-mcp; see databricks-jobs-mcp(8). Read at the start: systemctl restart databricks-jobs-mcp.
# Those of the log are read again by: systemctl reload databricks-jobs-mcp
#
# Needed are AZURE_TENANT_ID, AZURE_CLIENT_ID, DATABRICKS_HOST, MCP_BASE_URL and one credential of the server.
# A secret does not belong here: put it into /etc/databricks-jobs-mcp/credentials/client_secret, or a certificate with
# its key into /etc/databricks-jobs-mcp/credentials/client_certificate. Only root can read that folder.
#
# The address to listen on is that of databricks-jobs-mcp.socket (127.0.0.1:8000): systemctl edit databricks-jobs-mcp.socket
#
# One NAME=value a line, no spaces around the =. What is commented out shows its default."""

ROW = re.compile(r"^\| (?P<names>`[A-Z0-9_`, *]+`) \| (?P<default>[^|]*) \| (?P<meaning>.*) \|$")
#: What only platforms set that do not install packages, and what the socket unit decides.
LEFT_OUT = {"MCP_HOST", "MCP_PORT", "CONTAINER_APP_NAME", "CONTAINER_APP_ENV_DNS_SUFFIX", "AZURE_CLIENT_SECRET"}
NO_VALUE = {"required", "unset", "empty", "off", "system trust store"}


def plain(markdown: str) -> str:
    """Text without links, code marks and escaped bars."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown).replace("`", "").replace("\\|", "|").replace("**", "")


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence."""
    return re.split(r"(?<=[a-z0-9)])\. (?=[A-Z])", text, maxsplit=1)[0].rstrip(".") + "."


def default_value(cell: str) -> str:
    """The default when it is one value, else nothing."""
    marked = re.fullmatch(r"`([^`]*)`", cell.strip())
    text = marked[1] if marked else plain(cell).strip()
    is_other_setting = re.fullmatch(r"[A-Z]+(_[A-Z0-9]+)+", text)
    return "" if text in NO_VALUE or is_other_setting or (not marked and " " in text) else text


def entry(match: re.Match[str]) -> list[str]:
    """The lines of one row of the table."""
    names = [name for name in re.findall(r"`([A-Z0-9_]+)`", match["names"]) if name not in LEFT_OUT]
    if not names or match["default"].startswith("set by the platform") or match["default"].startswith("set on "):
        return []
    need = "Required. " if match["default"] == "required" else ""
    text = need + first_sentence(plain(match["meaning"]))
    lines = textwrap.wrap(text, 116, initial_indent="# ", subsequent_indent="# ")
    return ["", *lines, *(f"#{name}={default_value(match['default'])}" for name in names)]


def environment(reference: str) -> str:
    """The file for a settings reference."""
    lines = [HEADER]
    title = ""
    for line in reference.splitlines():
        if line.startswith("## "):
            title = line[3:]
        elif match := ROW.match(line):
            if found := entry(match):
                if title:
                    lines += ["", "", f"# --- {title} ---"]
                    title = ""
                lines += found
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(environment(Path(sys.argv[1]).read_text(encoding="utf-8")), end="")
