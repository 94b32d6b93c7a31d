"""Sixteen live charts in a real headless Chromium, beside client libraries that draw the same.

Servers run as processes of their own (:mod:`benchmarks.dashboard_server`). Main-thread time is what
Chromium's own counters say, in processor time of that thread, so that a busy machine changes it
little; latencies are times of the clock and grow with the machine's load, which is noted beside
them.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from math import nan
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks.dashboard_browser import (
    INPUT_SCRIPT,
    Meter,
    Turned,
    Work,
    clicked,
    renderer_bytes,
    wheeled,
)
from benchmarks.dashboard_server import CHARTS, RATE
from benchmarks.driver import IN_STEP, OFF, SPREAD
from benchmarks.harness import Row
from tests.browser.chromium import WIDE, launch
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
START_S = 240.0
WARM_UP_S = 3.0
PART_S = 1.0
PARTS = int(os.environ.get("CANDLECAST_BENCH_PARTS", "12"))
NOTCHES = 100  # the greatest 5 % of fewer are one turn or two
CLICKS = 30
GOAL_SHARE = 0.35
LIBRARIES = {
    "lightweight-charts 4.1.3, the same contents": "lightweight.html",
    "lightweight-charts 4.1.3, candles alone": "lightweight.html?plain",
    "Plotly.react of dcc.Graph's plotly.js": "plotly.html",
}


def libraries() -> dict[str, str]:
    """The peers that are installed, and their pages."""
    absent = find_spec("lightweight_charts") is None
    return {
        name: path
        for name, path in LIBRARIES.items()
        if not (absent and path.startswith("lightweight"))
    }


class Server:
    """One of the two servers, in a process of its own."""

    def __init__(self, role: str, *options: str) -> None:
        self.port = free_port()
        module = [sys.executable, "-m", "benchmarks.dashboard_server"]
        command = [*module, role, str(self.port), *options]
        quiet = {**os.environ, "CANDLECAST_LOG_LEVEL": "error"}
        self.process = subprocess.Popen(command, cwd=ROOT, env=quiet)
        end = time.monotonic() + START_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"the server of {role} did not start")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            self.report()
        except OSError:
            return False
        return True

    def ask(self, path: str) -> Any:
        """The JSON at ``path``."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return json.load(answer)

    def report(self) -> dict[str, Any]:
        """Processor time so far and what was measured since the last report."""
        found: dict[str, Any] = self.ask("/bench/report")
        return found

    def drive(self, mode: str, rate: float = RATE) -> None:
        """Have every symbol trade ``rate`` times a second."""
        self.ask(f"/bench/drive?mode={mode}&rate={rate}")

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def running(role: str, *options: str) -> Iterator[Server]:
    """A server for the time of a block."""
    server = Server(role, *options)
    try:
        yield server
    finally:
        server.stop()


def run() -> list[Row]:
    """Ours in step and spread, input, the peers; all in this order, in one browser."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        rows = [row(f"load of the machine, {os.cpu_count()} cores", [os.getloadavg()[0]], unit="")]
        with running("ours") as server, opened(browser, server, "") as page:
            show_sixteen(page)
            rows += ours(server, page)
        with running("peers") as server:
            for name, path in libraries().items():
                rows += peer(browser, server, name, path)
        browser.close()
    return [*rows, *shares(rows)]


@contextmanager
def opened(browser: Browser, server: Server, path: str) -> Iterator[Page]:
    """A page of 1440 by 900 in a context of its own."""
    context = browser.new_context(
        viewport={"width": WIDE["width"], "height": WIDE["height"]}, color_scheme="dark"
    )
    page = context.new_page()
    page.add_init_script(INPUT_SCRIPT)
    page.goto(f"http://127.0.0.1:{server.port}/{path}")
    try:
        yield page
    finally:
        context.close()


def show_sixteen(page: Page) -> None:
    """The dashboard's grid of sixteen, every chart with its picture."""
    page.wait_for_function("() => window.candlecast?.keyframes >= 1")
    page.locator(f'[data-size="{CHARTS}"]').click()
    page.wait_for_function(f"() => window.candlecast.keyframes >= {CHARTS}")
    page.mouse.move(720, 2)


def row(
    name: str, values: Sequence[float], goal: str = "", note: str = "", unit: str = "ms"
) -> Row:
    """Median, 5th and 95th percentile of ``values``; other units than milliseconds are named."""
    ordered = sorted(values)
    if not ordered:
        return Row(name, nan, nan, nan, 0, None, goal, "nothing was measured")
    low, high = at(ordered, 0.05), at(ordered, 0.95)
    named = name if unit == "ms" else f"{name}{f' ({unit})' if unit else ''}"
    return Row(named, median(ordered), low, high, len(ordered), None, goal, note)


def at(ordered: Sequence[float], share: float) -> float:
    """A percentile of sorted values."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ours(server: Server, page: Page) -> list[Row]:
    """The dashboard as it is, the watchlist beside the charts included."""
    meter = Meter(page)
    idle = live(server, page, meter, OFF)
    pause_watchlist(page)
    rows = []
    for mode, words in ((IN_STEP, "all at once"), (SPREAD, "evenly spread")):
        rows += told(live(server, page, meter, mode), words)
    rows += inputs(server, page)
    rows += told_idle(idle)
    rows.append(row("heap of the page", [meter.heap_bytes() / 1e6], unit="MB"))
    rows.append(row("renderer process, resident", [renderer_bytes() / 1e6], unit="MB"))
    urls = page.evaluate("() => window.candlecast.liveUrls")
    bitmaps = page.evaluate("() => window.candlecast.liveBitmaps")
    goal = f"≤ {2 * CHARTS + 4}"
    return [
        *rows,
        row("object URLs alive", [urls], goal, unit=""),
        row("decoded pictures held", [bitmaps], goal, unit=""),
    ]


def pause_watchlist(page: Page) -> None:
    """The peers' pages have none: its second tick is measured with the idle page."""
    page.evaluate("() => window.dash_clientside.set_props('watchlist-tick', { disabled: true })")


class Live:
    """What was measured while charts ran: per part of a second, and every picture's times."""

    def __init__(self) -> None:
        self.parts: list[tuple[float, float, Work, float]] = []
        self.stages: dict[str, list[float]] = {}
        self.unacknowledged: list[float] = []

    def per_picture(self) -> list[float]:
        """Main-thread milliseconds for each picture shown, per part."""
        return [1e3 * work.task / frames for _, frames, work, _ in self.parts if frames]


def live(server: Server, page: Page, meter: Meter, mode: str) -> Live:
    """Run the feed in ``mode``."""
    server.drive(mode)
    time.sleep(WARM_UP_S)
    found = Live()
    report, work, began = server.report(), meter.work(), time.monotonic()
    frames = shown_pictures(page)
    for _ in range(PARTS):
        time.sleep(PART_S)
        now, done, at_s, count = (
            server.report(),
            meter.work(),
            time.monotonic(),
            shown_pictures(page),
        )
        cpu = (now["cpu_ns"] - report["cpu_ns"]) / 1e9 / (at_s - began)
        found.parts.append((at_s - began, count - frames, done.since(work), cpu))
        for stage, times in now.get("stages", {}).items():
            found.stages.setdefault(stage, []).extend(times)
        found.unacknowledged.append(now.get("unacknowledged", 0))
        report, work, began, frames = now, done, at_s, count
    server.drive(OFF)
    return found


def shown_pictures(page: Page) -> float:
    """Pictures that the page has shown; drawn updates of all charts for a peer."""
    count: float = page.evaluate(
        "() => window.candlecast ? window.candlecast.acks : window.bench.drawn"
    )
    return count


def told(found: Live, words: str) -> list[Row]:
    """Rows of our charts whose trades come as ``words`` say."""
    ways = sorted(found.stages["tick_to_ack"])
    spread = f"p50 {at(ways, 0.5):.1f}, p95 {at(ways, 0.95):.1f}, p99 {at(ways, 0.99):.1f} ms"
    rate = [frames / seconds for seconds, frames, _, _ in found.parts]
    return [
        row(f"trades {words}: trade to acknowledged picture", ways, "p95 ≤ 40 ms", spread),
        row(f"trades {words}: pictures a second", rate, unit=""),
        row(f"trades {words}: unacknowledged pictures", found.unacknowledged, "≤ 2", unit=""),
        row(
            f"trades {words}: server", [100 * cpu for *_, cpu in found.parts],
            "≤ 25 %", unit="% of a core",
        ),
        main_thread(f"Candlecast, trades {words}", found),
        all_threads(f"Candlecast, trades {words}", found),
    ]  # fmt: skip


def told_idle(found: Live) -> list[Row]:
    """What the page costs without a trade: watchlist, clock, status."""
    shares_ = [100 * work.task / seconds for seconds, _, work, _ in found.parts]
    return [row("idle page, main thread, watchlist ticking", shares_, unit="% of a core")]


def main_thread(name: str, found: Live) -> Row:
    """Milliseconds of the main thread per update of all charts, or per picture."""
    works = [work for _, frames, work, _ in found.parts if frames]
    total = sum(frames for _, frames, _, _ in found.parts) or 1
    script, layout = (
        1e3 * sum(part) / total
        for part in ([w.script for w in works], [w.layout + w.style for w in works])
    )
    note = f"script {script:.2f}, style and layout {layout:.2f}"
    return row(f"{name}: main thread per update of all 16", found.per_picture(), note=note)


def all_threads(name: str, found: Live) -> Row:
    """All of Chromium, per cent of a core."""
    used = [100 * work.processes / seconds for seconds, _, work, _ in found.parts]
    return row(f"{name}: all Chromium processes", used, unit="% of a core")


def inputs(server: Server, page: Page) -> list[Row]:
    """Wheel and clicks while sixteen charts run."""
    server.drive(IN_STEP)
    time.sleep(1.0)
    devtools = page.context.new_cdp_session(page)
    turned = [turn(page, devtools, 5 * number % CHARTS, number) for number in range(NOTCHES)]
    pressed = [clicked(page, ".toolbar-style") for _ in range(CLICKS)]
    page.locator('[data-size="1"]').click()
    page.wait_for_timeout(1000)
    alone = [turn(page, devtools, 0, number) for number in range(NOTCHES)]
    server.drive(OFF)
    return [
        row("wheel to moved picture", [each.moved for each in turned], "1", unit="display frames"),
        *told_crisp("16 charts", turned),
        *told_crisp("1 chart", alone),
        row("click to open menu", pressed, "p95 ≤ 100 ms"),
    ]


def turn(page: Page, devtools: CDPSession, chart: int, number: int) -> Turned:
    """One notch of the wheel, in and out by turns."""
    done = wheeled(page, devtools, chart, 120 if number % 2 else -120)
    page.wait_for_timeout(250)
    return done


def told_crisp(words: str, turned: list[Turned]) -> list[Row]:
    """From the wheel to the crisp picture, and how much of it is the browser's own."""
    name = f"wheel to crisp picture, {words}"
    return [
        row(name, [each.crisp for each in turned], "p95 ≤ 60 ms"),
        row(f"{name}: until the page hears of the wheel", [each.heard for each in turned]),
        row(f"{name}: from there", [each.crisp - each.heard for each in turned]),
    ]


def peer(browser: Browser, server: Server, name: str, path: str) -> list[Row]:
    """A page that draws by itself, all trades at once, one message for all charts."""
    with opened(browser, server, path) as page:
        page.wait_for_function(
            f"() => document.querySelectorAll('.place').length === {CHARTS}", timeout=30_000
        )
        found = live(server, page, Meter(page), IN_STEP)
    rate = median(frames / seconds for seconds, frames, _, _ in found.parts)
    thread = main_thread(name, found)
    return [
        Row(**{**as_fields(thread), "note": f"{thread.note}; {rate:.1f} drawn a second"}),
        all_threads(name, found),
    ]


def as_fields(one: Row) -> dict[str, Any]:
    """A row's fields by name."""
    return {name: getattr(one, name) for name in one.__slots__}


def shares(rows: Sequence[Row]) -> list[Row]:
    """Our main-thread time as a share of each peer's."""
    by_name = {one.name.partition(": main thread")[0]: one for one in rows if ": main" in one.name}
    mine = by_name["Candlecast, trades all at once"].median_ms
    return [
        Row(
            f"Candlecast as a share of {name}", mine / by_name[name].median_ms, nan, nan, 1,
            goal=f"≤ {GOAL_SHARE}" if "same contents" in name else "",
        )
        for name in libraries()
    ]  # fmt: skip
