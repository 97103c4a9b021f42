"""The harness's own tests: that a gate breaks what it says, and that the judges find what they are there to find.

They need neither the server nor the sandbox; Scripts/check.sh runs them.
"""

import base64
import http.client
import json
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from driver.patience import LONG
from driver.web import Reply, request

from reliability import alerts, faults, judge, load, table
from reliability.gate import Break, Fault, Gate, answer
from reliability.memory import Memory
from reliability.outcome import Outcome, sentence


class Service:
    """A service that counts what reaches it."""

    def __init__(self) -> None:
        self.reached = 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            """One answer."""

            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                service.reached += 1
                self.send_response(200)
                self.send_header("Content-Length", "10")
                self.end_headers()
                self.wfile.write(b"0123456789")

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Ends it."""
        self.server.shutdown()
        self.server.server_close()


class GateTests(unittest.TestCase):
    """What comes out of a gate."""

    def setUp(self) -> None:
        self.service = Service()
        self.gate = Gate(self.service.server.server_port)

    def tearDown(self) -> None:
        self.gate.stop()
        self.service.stop()

    def ask(self, path: str = "/a") -> Reply:
        """One request through the gate."""
        return request("GET", self.gate.url + path)

    def test_passes_on(self) -> None:
        self.assertEqual(self.ask().body, b"0123456789")
        self.assertEqual(self.service.reached, 1)

    def test_breaks(self) -> None:
        """Each fault with what is seen of it, and whether the service was reached."""
        rows = [
            (Fault(Break.RESET), ConnectionResetError, 0),
            (Fault(Break.RESET, acts=True), ConnectionResetError, 1),
            (Fault(Break.HALF), http.client.IncompleteRead, 1),
            (Fault(Break.ANSWER, answer=b"noise\r\n\r\n"), http.client.BadStatusLine, 0),
            (Fault(Break.ANSWER, answer=answer(b"{}", "503 Service Unavailable")), 503, 0),
            (Fault(Break.PADDED, answer=b"  "), b"  0123456789", 1),
            (Fault(Break.DRIP, seconds=0), b"0123456789", 1),
            (Fault(Break.LATE, seconds=0), b"0123456789", 1),
        ]
        for fault, expected, reached in rows:
            with self.subTest(fault.kind, acts=fault.acts):
                self.service.reached = 0
                self.gate.mend()
                self.gate.arm(fault)
                if isinstance(expected, type):
                    self.assertRaises(expected, self.ask)
                elif isinstance(expected, bytes):
                    self.assertEqual(self.ask().body, expected)
                else:
                    self.assertEqual(self.ask().status, expected)
                self.assertEqual(self.service.reached, reached)

    def test_meets_what_it_names_and_no_more(self) -> None:
        self.gate.arm(Fault(Break.RESET, "/b", times=1))
        self.assertEqual(self.ask("/a").status, 200)
        self.assertRaises(ConnectionResetError, self.ask, "/b")
        self.assertEqual(self.ask("/b").status, 200)
        self.assertEqual(self.gate.met, 1)

    def test_refuses_and_is_mended(self) -> None:
        self.gate.refuse()
        self.assertRaises(ConnectionRefusedError, self.ask)
        self.gate.mend()
        self.assertEqual(self.ask().status, 200)

    def test_silence_ends_with_the_fault(self) -> None:
        self.gate.arm(Fault(Break.SILENCE))
        ends: list[str] = []

        def wait() -> None:
            try:
                self.ask()
            except (OSError, http.client.HTTPException) as error:
                ends.append(type(error).__name__)

        waiting = threading.Thread(target=wait, daemon=True)
        waiting.start()
        while not self.gate.met:
            pass
        self.assertEqual(ends, [])
        self.gate.mend()
        waiting.join(LONG)
        self.assertEqual(ends, ["RemoteDisconnected"])


def token(**claims: str) -> str:
    """Something of the form of a token."""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"header.{payload}.signature"


def outcome(user: str = "alice", body: Any = None, status: int = 200, **arguments: Any) -> Outcome:
    """A call and its answer."""
    reply = Reply(status, {}, json.dumps(body if body is not None else {"result": {"content": []}}).encode())
    return Outcome(user, "run_now", f"call-of-{user}", token(oid=f"oid-{user}", uti=f"uti-{user}"), "during", arguments, reply, "", 0)


def failure(text: str, category: str = "unavailable") -> dict[str, Any]:
    """A tool error."""
    return {"result": {"isError": True, "content": [{"type": "text", "text": text}],
                       "_meta": {"databricks-jobs-mcp/error": {"category": category}}}}


class OutcomeTests(unittest.TestCase):
    """The words for what a caller saw."""

    def test_words(self) -> None:
        rows = [
            (outcome(), "200"),
            (outcome(body=failure("It failed (HTTP 503, X): why. Try later.")), "200 `unavailable`: It failed: why"),
            (outcome(body=failure("Lost. Token abc."), idempotency_token="abc"),
             "200 `unavailable`: Lost … the run may have started: token told"),
            (outcome(body={"error": "overloaded"}, status=503), "503 `overloaded`"),
            (outcome(body={"error": {"code": -32600, "message": "Wrong. Very."}}, status=400), "400: Wrong"),
        ]
        for each, words in rows:
            self.assertEqual(each.words, words)

    def test_leaves_out_what_differs(self) -> None:
        self.assertEqual(sentence("Wait 17 s, http://127.0.0.1:4711 says."), "Wait N s, URL says")


class JudgeTests(unittest.TestCase):
    """The judges find what is wrong."""

    def record(self, user: str, caller: str, **token: str) -> dict[str, Any]:
        """A call that reached the workspace."""
        return {"route": "jobs/list", "user": user, "headers": {"X-Request-ID": f"call-of-{caller}"},
                "token": {"aud": judge.DATABRICKS, "assertion_uti": f"uti-{user}", **token}}

    def test_crossed(self) -> None:
        alice, bob = outcome("alice"), outcome("bob")
        rows = [
            (self.record("alice", "alice"), 0),
            (self.record("bob", "alice"), 1),
            (self.record("alice", "alice", assertion_uti="uti-of-yesterday"), 1),
            (self.record("alice", "alice", aud="another"), 1),
            (self.record("alice", "alice") | {"flags": ["INBOUND_TOKEN_AT_WORKSPACE"]}, 1),
            ({"route": "token", "headers": {"client-request-id": "call-of-bob"}, "form": {"assertion": judge.digest(bob.token)}}, 0),
            ({"route": "token", "headers": {"client-request-id": "call-of-bob"}, "form": {"assertion": judge.digest(alice.token)}}, 1),
        ]
        for record, count in rows:
            self.assertEqual(len(judge.crossed([record], [alice, bob])), count, record)

    def test_starts(self) -> None:
        doubtful = failure("Lost. Repeat with abc.")
        rows = [(doubtful, "abc", True), (doubtful, "another", False), ({"result": {"content": []}}, "abc", True)]
        for body, token, may_have in rows:
            self.assertEqual(judge.may_have_started(outcome(body=body, idempotency_token=token)), may_have)

    def test_markers(self) -> None:
        user = load.User(7)
        text = {"result": {"content": [{"type": "text", "text": "marker-0007-job"}]}}
        self.assertIsNone(load.strange(user, outcome(body=text)))
        self.assertIsNotNone(load.strange(load.User(8), outcome(body=text)))

    def test_streams_end_with_the_answer(self) -> None:
        stream = b'event: message\ndata: {"method":"notifications/progress"}\n\nevent: message\ndata: {"id":7}\n\n'
        self.assertEqual(load.last_event(stream), b'{"id":7}')

    def test_counters(self) -> None:
        before = {"databricks_requests_total|endpoint=list|status_class=5xx": 1.0}
        after = {
            "databricks_requests_total|endpoint=list|status_class=5xx": 2.0, "token_acceptances_total|verdict=cached": 9.0,
            "obo_exchanges_total|outcome=success": 3.0, "databricks_throttles_total|endpoint=list": 1.0,
        }
        self.assertEqual(
            judge.moved(before, after), {'databricks_requests_total{status_class="5xx"}', "databricks_throttles_total"})

    def test_alerts(self) -> None:
        expression = 'sum(rate(a_total{job="x", class=~"5..|none"}[5m])) / sum(rate(a_total{job="x"}[5m])) and b_total > 0'
        rows = [('a_total{class="none"}', True), ('a_total{class="4xx"}', False), ("b_total", True), ("c_total", False)]
        for metric, selected in rows:
            self.assertEqual(alerts.selects(expression, metric), selected, metric)

    def test_memory(self) -> None:
        flat, leaking = Memory(), Memory()
        flat.seen = [(at, 100 if at > 10 else at * 10) for at in range(30)]
        leaking.seen = [(at, 100 + at) for at in range(30)]
        self.assertAlmostEqual(flat.growth, 0)
        self.assertAlmostEqual(leaking.growth, 19)


class ReportTests(unittest.TestCase):
    """The table, and what differs from it."""

    ROW = {"section": "S", "fault": "a | b", "operation": "list_jobs", "bound": "tries", "saw": ["200"], "others": [],
           "recovery": "by itself", "notes": [], "metrics": ["m"], "alerts": ["A"], "log": ["l"], "runs": 1}

    def test_table(self) -> None:
        page = f"before\n{table.BEGIN}\nstale\n{table.END}\nafter\n"
        new = table.with_table(page, {"row": self.ROW})
        self.assertIn("| a \\| b (`row`) | `list_jobs` | 200; 1 run |", new)
        self.assertNotIn("stale", new)
        self.assertEqual(table.with_table(new, {"row": self.ROW}), new)

    def test_differences(self) -> None:
        rows = [
            ({}, 0), ({"recovery": "next call"}, 0), ({"recovery": "by an operator"}, 1), ({"saw": ["503"]}, 1), ({"saw": []}, 1),
            ({"metrics": []}, 1), ({"metrics": ["m", "n"]}, 0), ({"log": []}, 1), ({"runs": 2}, 1), ({"others": ["503"]}, 1),
        ]
        for change, count in rows:
            self.assertEqual(len(faults.differences(self.ROW, self.ROW | change)), count, change)

    def test_every_row_is_named_once(self) -> None:
        names = [row.name for section in faults.SECTIONS for row in section.rows]
        self.assertEqual(len(names), len(set(names)))
        self.assertGreaterEqual(len(names), 60)
        self.assertEqual({row.bound for section in faults.SECTIONS for row in section.rows} - table.BOUNDS.keys(), set())


if __name__ == "__main__":
    unittest.main()
