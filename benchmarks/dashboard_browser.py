"""What ``bench_dashboard`` asks of a real browser: work of its threads, memory, reactions."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import CDPSession, Page

TICKS = os.sysconf("SC_CLK_TCK")
REST_MS = 60
AT_ONCE = 1_000_000
"""Pixels a second: a notch is one event."""
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Work:
    """Since the page began, all in seconds of processor time.

    ``task``: everything the main thread did, of it ``script``, ``layout`` and ``style``;
    ``processes``: all of Chromium's, every thread.
    """

    task: float
    script: float
    layout: float
    style: float
    processes: float

    def since(self, before: "Work") -> "Work":
        """What was done after ``before``."""
        return Work(
            self.task - before.task,
            self.script - before.script,
            self.layout - before.layout,
            self.style - before.style,
            self.processes - before.processes,
        )


class Meter:
    """Reads the DevTools' counters of ``page``, in time of the thread, not of the clock."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def work(self) -> Work:
        """What was done until now."""
        found = self.session.send("Performance.getMetrics")["metrics"]
        metrics = {metric["name"]: metric["value"] for metric in found}
        return Work(
            metrics["TaskDuration"],
            metrics["ScriptDuration"],
            metrics["LayoutDuration"],
            metrics["RecalcStyleDuration"],
            chromium_seconds(),
        )

    def heap_bytes(self) -> int:
        """What the page's objects take, garbage collected before."""
        self.session.send("HeapProfiler.collectGarbage")
        return int(self.session.send("Runtime.getHeapUsage")["usedSize"])


class WorkerHeap:
    """The heap of the page's one worker, which paints its charts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)
        self.answers: dict[int, dict[str, Any]] = {}
        self.attached: list[str] = []
        self.session.on("Target.attachedToTarget", self._attach)
        self.session.on("Target.receivedMessageFromTarget", self._take)
        attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
        self.session.send("Target.setAutoAttach", attach)

    def _attach(self, event: dict[str, Any]) -> None:
        if event["targetInfo"]["type"] == "worker":
            self.attached.append(event["sessionId"])

    def _take(self, event: dict[str, Any]) -> None:
        answer = json.loads(event["message"])
        self.answers[answer.get("id", 0)] = answer

    def _ask(self, method: str) -> dict[str, Any]:
        number = len(self.answers) + 1
        message = json.dumps({"id": number, "method": method})
        self.session.send(
            "Target.sendMessageToTarget", {"sessionId": self.attached[0], "message": message}
        )
        while number not in self.answers:
            self.page.wait_for_timeout(5)
        found: dict[str, Any] = self.answers[number]["result"]
        return found

    def bytes(self) -> int:
        """What the worker's objects take, garbage collected before."""
        self._ask("HeapProfiler.collectGarbage")
        return int(self._ask("Runtime.getHeapUsage")["usedSize"])


def descendants(root: int) -> dict[int, str]:
    """Command lines of the processes that ``root`` started, and those that they started."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "stat").read_text().rpartition(")")[2].split()[1]
            )
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile
    found: set[int] = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return {pid: text for pid in found - {root} if (text := command_line(pid))}


def command_line(pid: int) -> str:
    """Arguments with blanks between; empty for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def chromium_seconds() -> float:
    """Processor time of every Chromium process that this one started."""
    return sum(
        sum(map(int, stat(pid)[11:13])) / TICKS
        for pid, text in descendants(os.getpid()).items()
        if "--type=" in text or "--headless" in text
    )


def renderer_bytes() -> int:
    """Resident memory of the largest renderer process, which is the page's."""
    renderers = [pid for pid, text in descendants(os.getpid()).items() if "--type=renderer" in text]
    return max(int(stat(pid)[21]) for pid in renderers) * PAGE_BYTES


def stat(pid: int) -> list[str]:
    """``/proc/PID/stat`` from the state on; zeros for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["0"] * 50


# All wait for the paint: a message posted in an animation frame is handled after it.
INPUT_SCRIPT = """
window.bench = {
  afterPaint: (then) => { // in an animation frame
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => then(performance.now());
    port2.postMessage(0);
  },
  click: null, // ms from a click to the paint in which a menu stands open
  moved: null, // display frames from a wheel event to the moved picture
  heard: null, // ms from a wheel event to the page's first handler of it: the browser's own time
  crisp: null, // ms from a wheel event to the paint of the picture drawn for it
};
addEventListener("pointerdown", (event) => {
  bench.click = null;
  let frames = 0; // not for ever: what asks for each display frame has the page make each
  const look = () => {
    frames += 1;
    if (document.querySelector("[popover]:popover-open, [role=menu]:not([hidden])")) {
      bench.afterPaint((now) => { bench.click = now - event.timeStamp; });
    } else if (frames < 60) requestAnimationFrame(look);
  };
  addEventListener("click", () => requestAnimationFrame(look), { once: true });
}, true);
const shown = (panel) => { // the picture drawn for the view, moved by whole pixels at most
  const { a, b, c } = panel.motion();
  const drawn = panel.meta.bars === panel.view.bars && (panel.meta.end ?? null) === panel.view.end;
  return drawn && a === 1 && c === 1 && Number.isInteger(b);
};
addEventListener("wheel", (event) => {
  const chart = event.target.closest(".chart");
  const panel = window.candlecast.panelOf(chart);
  const { painted } = panel;
  const moved = chart.querySelector(".chart-moved");
  const turns = painted.asked;
  let frames = 0;
  bench.moved = bench.crisp = null;
  bench.heard = performance.now() - event.timeStamp;
  // In images the page's own animation frame, asked for before, moves the picture; a painter that
  // has answered before the next one has painted for that.
  const isMoved = () => painted.exists ? painted.answered > turns : !moved.hidden;
  const move = () => {
    if (!painted.exists) frames += 1;
    if (isMoved()) bench.moved = frames;
    else if (frames < 60) requestAnimationFrame(move);
    if (painted.exists) frames += 1;
  };
  requestAnimationFrame(move);
  const look = () => bench.moved !== null && shown(panel)
    ? bench.afterPaint((now) => { bench.crisp = now - event.timeStamp; })
    : requestAnimationFrame(look);
  requestAnimationFrame(look);
}, { passive: true });
"""


def clicked(page: Page, selector: str) -> float:
    """Milliseconds from a real click to the paint with the open menu, which is closed again."""
    page.locator(selector).click()
    took = waited(page, "click")
    page.keyboard.press("Escape")
    page.wait_for_timeout(30)
    return took


class Turned(NamedTuple):
    """A turn of the wheel: display frames to the moved picture; milliseconds to the crisp one, and
    of these until the page heard of it.
    """

    moved: float
    crisp: float
    heard: float


def wheeled(page: Page, devtools: CDPSession, chart: int, notch: int) -> Turned:
    """Turn the wheel over ``chart``, where the pointer has come to rest as a hand's has.

    The browser turns it itself, on the way that a mouse's wheel takes, in the middle between two
    display frames. ``page.mouse.wheel`` would first have the page make a frame and wait for it,
    which no hand does, and then always come right after a frame.
    """
    box = page.locator(".chart").nth(chart).bounding_box()
    assert box is not None
    x, y = int(box["x"] + box["width"] / 2), int(box["y"] + box["height"] / 2)
    page.mouse.move(x, y)
    page.wait_for_timeout(REST_MS)
    page.evaluate("window.bench.crisp = null")
    turn = {"yDistance": -notch, "speed": AT_ONCE, "gestureSourceType": "mouse"}
    devtools.send("Input.synthesizeScrollGesture", {"x": x, "y": y, **turn})
    crisp = waited(page, "crisp")
    return Turned(page.evaluate("window.bench.moved"), crisp, page.evaluate("window.bench.heard"))


def waited(page: Page, name: str) -> float:
    """The figure that the page notes under ``name``, once it is there."""
    value: Any = page.wait_for_function(
        f"() => window.bench.{name}", timeout=5000, polling=10
    ).json_value()
    return float(value)
