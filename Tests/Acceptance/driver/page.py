"""The connect page in a real browser: what it looks like, that it keeps its own policy, and that its buttons work."""

import json
from pathlib import Path
from urllib.parse import unquote

from driver.browser import Browser, Tab
from driver.report import Report
from driver.stand import WORK, Stand
from driver.web import request

SIZES = {"desktop": (1280, 900), "phone": (390, 844)}

#: The lowest contrast of any visible text with what is behind it, and where that is (WCAG 2.2, 1.4.3).
CONTRAST = """
(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map(
    (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce(
    (sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
  };
  let worst = [21, "nothing"];
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    if (!hasText || !element.checkVisibility() || element.closest("script, .unseen")) continue;
    const pair = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (contrast < worst[0]) worst = [contrast, element.outerHTML.slice(0, 120)];
  }
  return worst;
})()
"""

#: What assistive technology relies on; an empty list is a sound page.
STRUCTURE = """
(() => {
  const wrong = [];
  const one = (selector) => document.querySelectorAll(selector).length === 1 || wrong.push(selector);
  ["html[lang=en]", "h1", "body > header", "main", "aside[aria-label]", "footer", "title", "[role=status]"].forEach(one);
  for (const e of document.querySelectorAll("a, button")) {
    if (!(e.getAttribute("aria-label") || e.textContent).trim()) wrong.push(e.outerHTML);
  }
  for (const e of document.querySelectorAll("[aria-labelledby]")) {
    if (!document.getElementById(e.getAttribute("aria-labelledby"))) wrong.push(e.outerHTML.slice(0, 80));
  }
  const small = [...document.querySelectorAll("button, .button")].filter((e) => e.getBoundingClientRect().height < 24);
  return wrong.concat(small.map((e) => e.outerHTML));
})()
"""

#: What a button and the line for assistive technology say once it was pressed: caught as it happens, since the page takes
#: it back after a while. `window.said` has the words then.
LISTENS = """
(() => {
  const button = document.querySelector("[data-copy=NAME]"), status = document.getElementById("status");
  window.said = new Promise((done) => {
    new MutationObserver(() => button.dataset.outcome && done([button.textContent, status.textContent]))
      .observe(button, { attributes: true });
  });
})()
"""


def check(report: Report, stand: Stand) -> None:
    """All of them, in one browser."""
    report.section("Connect page")
    with report.check("programs get JSON, with the endpoint and without HTML"):
        reply = request("GET", f"{stand.server.base}/")
        assert reply.status == 200 and reply.json["endpoint"] == stand.server.endpoint, reply.text[:300]
    browser = Browser()
    try:
        for scheme in ("light", "dark"):
            for size in SIZES:
                with report.check(f"{scheme}, {size}: drawn in its colours, fits, can be read, no complaint"):
                    is_sound(browser, stand, scheme, size)
        with report.check("the copy buttons copy what a client can read, and say so"):
            copies(browser, stand)
        with report.check("the keyboard reaches everything, the link past the banner first"):
            can_be_tabbed(browser, stand)
        with report.check("without JavaScript everything is there and in its place; there are no copy buttons"):
            works_without_scripts(browser, stand)
        with report.check("the policy is enforced: a foreign style, script and picture do not get in"):
            is_locked(browser, stand)
    finally:
        browser.stop()


def opened(browser: Browser, stand: Stand, scheme: str = "light", size: str = "desktop", scripts: bool = True) -> Tab:
    """The page, on such a screen."""
    width, height = SIZES[size]
    return Tab(browser, f"{stand.server.base}/", width=width, height=height, scheme=scheme, scripts=scripts)


def is_sound(browser: Browser, stand: Stand, scheme: str, size: str) -> None:
    """Looks at the picture as well as at the document; the picture stays with the logs."""
    tab = opened(browser, stand, scheme, size)
    width, height = SIZES[size]
    png = tab.screenshot()
    Path(WORK / f"page-{scheme}-{size}.png").write_bytes(png)
    assert (int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")) == (width, height)
    ground = tab.pixel(width - 2, height - 2)
    assert min(ground) > 225 if scheme == "light" else max(ground) < 45, f"{scheme} ground is {ground}"
    x, y = tab.evaluate(
        "(() => { const r = document.querySelector('.primary').getBoundingClientRect(); return [r.x + 8, r.y + 8]; })()")
    button = tab.pixel(int(x), int(y))
    assert sum(abs(a - b) for a, b in zip(button, ground)) > 150, f"the button's {button} is lost on {ground}"
    wide, room = tab.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= room, f"{wide} pixels wide in a window of {room}"
    contrast, where = tab.evaluate(CONTRAST)
    assert contrast >= 4.5, f"contrast of {contrast:.2f}: {where}"
    assert (wrong := tab.evaluate(STRUCTURE)) == [], wrong
    assert tab.complaints() == [], tab.complaints()
    urls = [event["request"]["url"] for event in tab.seen("Network.requestWillBeSent")]
    assert [url for url in urls if not url.startswith("data:")] == [f"{stand.server.base}/"], urls
    tab.close()


def copies(browser: Browser, stand: Stand) -> None:
    """By mouse, one of each kind; what arrives on the clipboard is what counts."""
    browser.call("Browser.grantPermissions", {
        "origin": stand.server.base, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    tab = opened(browser, stand)
    endpoint = stand.server.endpoint
    expected = {
        "address": endpoint,
        "vs-code-1": {"servers": {"databricks-jobs": {"type": "http", "url": endpoint}}},
        "copilot-cli-1": {"mcpServers": {"databricks-jobs": {"type": "http", "url": endpoint, "tools": ["*"]}}},
    }
    for name, content in expected.items():
        tab.evaluate(LISTENS.replace("NAME", name))
        tab.click(f"[data-copy={name}]")
        outcome, said = tab.evaluate("window.said")
        assert outcome == "Copied" and said, f"{name}: {outcome}, {said}"
        copied = tab.evaluate("navigator.clipboard.readText()")
        assert (copied if isinstance(content, str) else json.loads(copied)) == content, copied
    tab.close()


def can_be_tabbed(browser: Browser, stand: Stand) -> None:
    """From the top to the end; what has the focus can be seen."""
    tab = opened(browser, stand)
    count = tab.evaluate("document.querySelectorAll('a, button').length")
    reached = []
    for _ in range(count):
        tab.press("Tab")
        reached.append(tab.evaluate(
            "(() => { const e = document.activeElement, r = e.getBoundingClientRect(); return [e.className || e.tagName, "
            "[...document.querySelectorAll('a, button')].indexOf(e), r.right > 0 && r.width > 0, "
            "getComputedStyle(e).outlineStyle]; })()"))
    assert reached[0][0] == "skip", reached[0]
    assert [place for _, place, _, _ in reached] == list(range(count)), reached
    assert all(visible and outline != "none" for _, _, visible, outline in reached), reached
    tab.close()


def works_without_scripts(browser: Browser, stand: Stand) -> None:
    """The same page with and without: the same height, so that nothing moves when the buttons appear."""
    with_scripts, without = opened(browser, stand), opened(browser, stand, scripts=False)
    heights = [tab.evaluate("document.documentElement.scrollHeight") for tab in (with_scripts, without)]
    assert heights[0] == heights[1], heights
    visible = "[...document.querySelectorAll('button')].filter((e) => e.checkVisibility()).length"
    assert with_scripts.evaluate(visible) > 5 and without.evaluate(visible) == 0
    assert "claude mcp add" in without.evaluate("document.body.innerText")
    link = without.evaluate("document.querySelector('.primary').href")
    scheme, _, query = link.partition("?")
    assert scheme == "vscode:mcp/install", link
    assert json.loads(unquote(query)) == {
        "name": "databricks-jobs", "type": "http", "url": stand.server.endpoint}, query
    assert without.complaints() == [], without.complaints()
    with_scripts.close()
    without.close()


def is_locked(browser: Browser, stand: Stand) -> None:
    """Also shows that the other checks would have heard of a violation."""
    tab = opened(browser, stand)
    violated = tab.evaluate("""
        new Promise((done) => {
          const seen = [];
          document.addEventListener("securitypolicyviolation", (event) => {
            seen.push(event.effectiveDirective);
            if (seen.length === 3) done(seen.sort());
          });
          const style = document.createElement("style"), script = document.createElement("script");
          style.textContent = "body { display: none }";
          script.textContent = "window.intruder = 1";
          new Image().src = location.origin + "/healthz";
          document.head.append(style, script);
        })""")
    assert violated == ["img-src", "script-src-elem", "style-src-elem"], violated
    assert tab.evaluate("window.intruder === undefined && document.body.checkVisibility()")
    assert len(tab.complaints()) >= 3, tab.complaints()
    tab.close()
