"""Calls a tool again and again from several clients, each call on a connection of its own, and counts what happens.

usage: python3 load.py TOKEN-FILE STOP-FILE PROGRESS-FILE CLIENTS
PROGRESS-FILE holds the number of calls so far. It ends when STOP-FILE appears, or when that takes too long, and prints
one JSON object.
"""

import errno
import http.client
import json
import os
import sys
import threading
import time
from collections import Counter

from patience import LONG, WHOLE

BODY = json.dumps({
    "jsonrpc": "2.0", "id": 1, "method": "tools/call",
    "params": {"name": "list_jobs", "arguments": {"name": "nightly orders"}},
})


def outcome(token: str) -> str:
    """What became of one call."""
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=LONG)
    try:
        connection.request("POST", "/mcp", BODY, {
            "Host": "localhost:8000", "Authorization": f"Bearer {token}", "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25",
        })
        answer = connection.getresponse()
        body = answer.read()
        return "answered" if answer.status == 200 and b'"result"' in body else f"status {answer.status}"
    except ConnectionRefusedError:
        return "refused"
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    except http.client.HTTPException as error:
        return type(error).__name__
    finally:
        connection.close()


def main(token_file: str, stop_file: str, progress_file: str, clients: int) -> None:
    """Runs the clients and prints the counts."""
    with open(token_file, encoding="utf-8") as file:
        token = file.read().strip()
    counts: Counter[str] = Counter()
    lock = threading.Lock()
    deadline = time.monotonic() + WHOLE

    def client() -> None:
        while not os.path.exists(stop_file) and time.monotonic() < deadline:
            result = outcome(token)
            with lock:
                counts[result] += 1
                with open(f"{progress_file}.new", "w", encoding="utf-8") as progress:
                    progress.write(str(counts.total()))
                os.replace(progress.name, progress_file)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(counts))


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
