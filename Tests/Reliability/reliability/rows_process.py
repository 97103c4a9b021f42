"""The rows about the process, its machine, and clients that mean harm."""

import signal

from reliability.gate import Break, Fault
from reliability.processes import LATE, LOST, Descriptors, Hostile, Killed, Signalled, Sink, shell
from reliability.row import Row, Section

PROCESS = Section("The process and its machine", (
    Row("sigterm", "SIGTERM while a call waits for Databricks", Signalled(signal.SIGTERM, LATE), bound="call"),
    Row("sigterm-run", "SIGTERM while a run is being started",
        Signalled(signal.SIGTERM, Fault(Break.LATE, path="/api/", acts=True, seconds=1)), "run_now", "call"),
    Row("sigkill", "SIGKILL while a call waits for Databricks", Signalled(signal.SIGKILL, LOST)),
    Row("sigkill-run", "SIGKILL when a run was started and not yet told", Signalled(signal.SIGKILL, LOST), "run_now"),
    Row("sigstop", "SIGSTOP while a call waits, SIGCONT when the answer is there", Signalled(signal.SIGSTOP, LATE),
        bound="fault"),
    Row("descriptors", "300 idle connections, 128 descriptors",
        Descriptors(128, 300, launcher=("prlimit", "--nofile=128:128")), bound="fault"),
    Row("log-blocked", "nobody reads the log's pipe", Sink(150, is_pipe=True, launcher=shell('2>"$PWD/sink"'))),
    Row("log-full", "the disk of the log is full", Sink(50, is_pipe=False, launcher=shell("2>/dev/full"))),
    Row("replica-killed", "one of two replicas behind nginx is killed under load", Killed()),
))

HEAD = (
    b"POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    b"Accept: application/json, text/event-stream\r\nMCP-Protocol-Version: 2025-11-25\r\n")
SIGNED = HEAD + b"Authorization: Bearer {token}\r\n"
PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
CALL = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_jobs","arguments":{}}}'


def sized(body: bytes, head: bytes = SIGNED) -> bytes:
    """A request with its length."""
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


CLIENTS = Section("Clients that fail or mean harm", (
    Row("client-half-closed", "closes its sending side behind a call", Hostile(sized(CALL), then="half")),
    Row("client-gone", "leaves in the middle of 20 calls", Hostile(sized(CALL), 20, "leaves"), bound="client"),
    Row("client-deaf", "sends 20 calls on each of 20 connections and reads no answer",
        Hostile(sized(CALL) * 20, 20, "stays"), bound="client"),
    Row("client-idle", "500 connections that say nothing", Hostile(b"", 500, "stays"), bound="client"),
    Row("client-half-head", "200 connections with half a head", Hostile(HEAD + b"X-Half: ", 200), bound="arrival"),
    Row("client-slow-body", "20 signed-in requests whose bodies do not come",
        Hostile(SIGNED + b"Content-Length: 1000\r\n\r\n{", 20), bound="arrival"),
    Row("client-short-body", "ends before its body does", Hostile(SIGNED + b"Content-Length: 1000\r\n\r\n{", then="half")),
    Row("client-large-body", "announces 100 MB", Hostile(SIGNED + b"Content-Length: 100000000\r\n\r\n{")),
    Row("client-no-token", "announces 100 MB without a token", Hostile(HEAD + b"Content-Length: 100000000\r\n\r\n{")),
    Row("client-chunks", "sends a chunk whose size is no number",
        Hostile(SIGNED + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")),
    Row("client-smuggling", "`Content-Length` and `Transfer-Encoding` in one head",
        Hostile(SIGNED + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n")),
    Row("client-lengths", "two different lengths",
        Hostile(SIGNED + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n" + PING)),
    Row("client-tls", "TLS on the plain port", Hostile(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 64)),
    Row("client-http2", "HTTP/2 without asking", Hostile(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
    Row("client-head", "a field of 100 kB", Hostile(HEAD + b"X-Filler: " + b"x" * 100_000 + b"\r\n\r\n")),
    Row("client-fields", "1,000 fields", Hostile(HEAD + b"".join(b"X-%d: 1\r\n" % at for at in range(1_000)) + b"\r\n")),
    Row("client-control", "a control character in a field", Hostile(SIGNED + b"X-Bell: a\x07b\r\nContent-Length: 0\r\n\r\n")),
    Row("client-hosts", "two `Host` fields", Hostile(sized(PING, SIGNED + b"Host: elsewhere.example\r\n"))),
    Row("client-origin", "a page of another origin", Hostile(sized(PING, SIGNED + b"Origin: https://elsewhere.example\r\n"))),
    Row("client-deep", "a body of 100,000 brackets", Hostile(sized(b"[" * 100_000))),
    Row("client-batch", "a batch of 1,000 calls", Hostile(sized(b"[" + b",".join([CALL] * 1_000) + b"]"))),
    Row("client-utf8", "a body of broken UTF-8", Hostile(sized(b'{"jsonrpc":"2.0","id":1,"method":"\xff\xfe"}'))),
    Row("client-noise", "noise", Hostile(bytes(range(256)) * 4)),
))

SECTIONS = (PROCESS, CLIENTS)
