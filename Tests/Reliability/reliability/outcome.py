"""What a caller saw, in words that are the same each time."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from driver.web import Reply

NIGHTLY, HELLO = 412345678901234, 183920475610382
LAST_RUN, FAILED_TASK = 777000111222333, 777000111222402

#: What each operation is called with.
ARGUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "list_jobs": dict,
    "list_runs": lambda: {"job_id": NIGHTLY},
    "get_run": lambda: {"run_id": LAST_RUN},
    "get_run_output": lambda: {"run_id": FAILED_TASK},
    "run_now": lambda: {"job_id": HELLO, "idempotency_token": str(uuid.uuid4())},
    "tools/list": dict,
}

VARIABLE = [
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "ID"),
    (re.compile(r"https?://127\.0\.0\.1:\d+"), "URL"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ][\d:.Z]+"), "TIME"),
    (re.compile(r"\b\d+(\.\d+)? ?(s|ms|seconds?)\b"), r"N \2"),
]


@dataclass(frozen=True)
class Outcome:
    """One call and its end."""

    user: str
    operation: str
    correlation: str
    token: str = field(repr=False)
    phase: str
    arguments: dict[str, Any]
    #: Nothing when the connection ended without an answer.
    reply: Reply | None
    problem: str
    seconds: float

    @property
    def result(self) -> dict[str, Any]:
        """The result of a JSON-RPC answer; empty when there is none."""
        try:
            value = self.reply.json if self.reply else {}
        except ValueError:
            return {}
        return value.get("result") or {} if isinstance(value, dict) else {}

    @property
    def is_good(self) -> bool:
        """A result that is no error."""
        return self.reply is not None and self.reply.status == 200 and bool(self.result) and not self.result.get("isError")

    @property
    def text(self) -> str:
        """What a person or a model reads."""
        for part in self.result.get("content", []):
            if part.get("type") == "text":
                return part["text"]
        return self.reply.body.decode(errors="replace") if self.reply else ""

    @property
    def category(self) -> str:
        """As programs read it."""
        error = self.result.get("_meta", {}).get("databricks-jobs-mcp/error", {})
        return error.get("category", "")

    @property
    def says_doubt(self) -> bool:
        """Whether a failed start tells the token by which the caller can find out whether there is a run."""
        token = self.arguments.get("idempotency_token")
        return token is not None and not self.is_good and token in self.text

    @property
    def words(self) -> str:
        """Status, category and the beginning of the sentence."""
        if self.reply is None:
            return f"no answer ({self.problem})"
        if self.is_good:
            return "200"
        doubt = " … the run may have started: token told" if self.says_doubt else ""
        if self.category:
            return f"{self.reply.status} `{self.category}`: {sentence(self.text)}{doubt}"
        return f"{self.reply.status}{refusal(self.reply)}"


def refusal(reply: Reply) -> str:
    """The words of an answer that is no result."""
    try:
        value = reply.json
    except ValueError:
        return ""
    if not isinstance(value, dict):
        return ""
    error = value.get("error")
    if isinstance(error, dict):
        # Of a refusal ahead of the protocol, the word for programs stands in the data.
        data = error.get("data")
        word = data.get("error") if isinstance(data, dict) else None
        return (f" `{word}`" if word else "") + f": {sentence(str(error.get('message', '')))}"
    described = value.get("error_description")
    return (f" `{error}`" if error else "") + (f": {sentence(described)}" if described else "")


def sentence(text: str) -> str:
    """The first sentence, without what differs from call to call."""
    line = text.strip().splitlines()[0] if text.strip() else ""
    return constant(re.split(r"(?<=[A-Za-z`])\. |\.$", re.sub(r" \([^)]*\)", "", line))[0])


def constant(text: str) -> str:
    """Text without ids, addresses and times."""
    for pattern, word in VARIABLE:
        text = pattern.sub(word, text)
    return text
