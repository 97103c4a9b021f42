"""Published clients against the fixture server: the answers that the product's own tools do not give on demand."""

from driver.clients import CLIENTS, follow
from driver.patience import wait_until
from driver.report import Report
from driver.stand import BINARIES, Process

#: Checks that every client makes.
STEPS = 11


def check(report: Report) -> None:
    """Puts every client through the fixtures."""
    server = Process("fixture-server", [BINARIES / "mcp-fixture-server"], {})
    try:
        endpoint = wait_until(server.first_line, "the fixture server to print its address")
        for client in CLIENTS:
            report.section(f"{client.title}, fixture tools")
            follow(report, client, "client.fixtures", endpoint, "", STEPS)
    finally:
        server.stop()
