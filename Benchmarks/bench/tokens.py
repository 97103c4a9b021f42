"""What it costs to refuse a token, to accept one for the first time, and to serve a thousand users at once."""

import base64
import concurrent.futures
import http.client
import json
import os
import time
from collections.abc import Iterable, Iterator

from bench.calls import LIST_JOBS, LIST_TOOLS, Call
from bench.load import Figures, figures, wrk
from bench.processes import WORK
from bench.stand import Stand
from driver.patience import LONG

CONNECTIONS = 16
USERS = 1_000


def refusals(stand: Stand, *, seconds: int) -> Iterator[Figures]:
    """One row per kind of bad token, after one for a good token that is known already."""
    forged = stand.sign_in(flaw="bad-signature")
    yield load(stand, "accepted, seen before", [stand.token], seconds, are_refused=False)
    # What the parser refuses ends its connection: this is what that must be compared with.
    yield load(stand, "accepted, a connection each", [stand.token], seconds, are_refused=False, closes=True)
    before = key_fetches(stand)
    for name, tokens in (
        ("refused: signature", [forged]),
        ("refused: 10,000 unknown kids", unknown_kids(stand.token, 10_000)),
        ("refused: garbage of 30 KB", [garbage(30_000)]),
        ("refused: garbage of 64 KB", [garbage(64_000)]),
    ):
        yield load(stand, name, tokens, seconds, are_refused=True)
    if (fetches := key_fetches(stand) - before) > 1:
        raise SystemExit(f"bad tokens caused {fetches} fetches of the signing keys, at most 1 is right")


def users(stand: Stand, *, seconds: int) -> Iterator[Figures]:
    """A thousand users: their first call, all at once, and then a working day's worth of warm ones."""
    tokens = []
    for number in range(USERS):
        stand.control("POST", "users", {"name": f"user-{number}", "access": "run"})
        tokens.append(stand.sign_in(f"user-{number}"))
    earlier = exchanges(stand)
    before, start = stand.server.cpu_seconds(), time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        times = sorted(pool.map(lambda token: first_call(stand, token), tokens))
    elapsed, used = time.monotonic() - start, stand.server.cpu_seconds() - before
    if (count := exchanges(stand) - earlier) != USERS:
        raise SystemExit(f"{USERS} users caused {count} exchanges")
    first = {
        "requests": USERS, "seconds": elapsed, "p50_ms": round(times[USERS // 2] * 1e3, 2),
        "p99_ms": round(times[USERS * 99 // 100] * 1e3, 2)}
    yield figures(f"list_jobs, first call of {USERS:,} users", 64, first, used, stand.server)
    yield load(stand, f"list_jobs, {USERS:,} users", tokens, seconds, are_refused=False, call=LIST_JOBS)


def load(
    stand: Stand, name: str, tokens: Iterable[str], seconds: int, *, are_refused: bool, call: Call = LIST_TOOLS,
    closes: bool = False,
) -> Figures:
    """A run of wrk with the tokens in turn."""
    path = WORK / "tokens"
    path.write_text("\n".join(tokens) + "\n")
    headers = call.headers(stand.token)
    if closes:
        headers["Connection"] = "close"
    run = {"tokens": path, "are_refused": are_refused, "closes": closes}
    wrk(headers, call.message, stand.server_port, CONNECTIONS, 1, **run)
    before = stand.server.cpu_seconds()
    summary = wrk(headers, call.message, stand.server_port, CONNECTIONS, seconds, **run)
    return figures(name, CONNECTIONS, summary, stand.server.cpu_seconds() - before, stand.server)


def first_call(stand: Stand, token: str) -> float:
    """One call of the tool; how long it took, in seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", stand.server_port, timeout=LONG)
    start = time.monotonic()
    try:
        connection.request(
            "POST", "/mcp", body=json.dumps(LIST_JOBS.message), headers=LIST_JOBS.headers(token))
        answer = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if answer.get("result", {}).get("isError", True):
        raise SystemExit(f"a user's first call failed: {str(answer)[:400]}")
    return time.monotonic() - start


def key_fetches(stand: Stand) -> int:
    """How often the server asked for the signing keys."""
    return len(stand.control("GET", "requests?route=keys")["requests"])


def exchanges(stand: Stand) -> int:
    """How often the server asked for a Databricks token of a user."""
    requests = stand.control("GET", "requests?route=token")["requests"]
    return sum("assertion" in request["form"] for request in requests)


def unknown_kids(token: str, count: int) -> Iterable[str]:
    """Tokens that name a key nobody publishes, each another one."""
    rest = token.partition(".")[2]
    for number in range(count):
        header = json.dumps({"typ": "JWT", "alg": "RS256", "kid": f"random-{number}"})
        yield base64.urlsafe_b64encode(header.encode()).decode().rstrip("=") + "." + rest


def garbage(size: int) -> str:
    """What a scanner sends: letters without meaning."""
    return base64.urlsafe_b64encode(os.urandom(size * 3 // 4)).decode()[:size]
