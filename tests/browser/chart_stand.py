"""Charts of the stand that have candles: keyframes and patches of known numbers, by the protocol's
page, and what the tests do to them.
"""

import struct
from typing import Any

import numpy as np
from playwright.sync_api import Page

from tests.browser.stand import Part, Stand, lossless, message, meta

WIDTH, HEIGHT = 400, 300
PLOT_RIGHT, PLOT_BOTTOM = 345, 276
BARS = 67  # as many as fit into 400 CSS pixels
HELD = 1000
MINUTE_MS = 60_000
START_MS = 1_643_652_000_000  # Mon 31 Jan 2022 18:00 UTC
STEP = 5.0
NEWEST = 332.5  # centre of the newest of 67 candles in a plot of 345 pixels


def candle(index: int) -> tuple[float, float, float, float, float]:
    """Open, high, low, close, volume of the candle with an absolute index."""
    opened, closed = 38_000.0 + index % 50, 38_000.0 + (index * 7) % 50
    return opened, max(opened, closed) + 3.5, min(opened, closed) - 2.0, closed, 0.2503 * index


def average(index: int) -> float:
    """The study's value beside a candle."""
    return 38_010.0 + 0.1253 * index


def rows(first: int, end: int) -> bytes:
    """Candles ``first`` to ``end`` and one curve, as the protocol's page says."""
    columns = np.array([(*candle(index), average(index)) for index in range(first, end)]).T
    columns = columns.reshape(6, end - first)
    added = columns.mean(1)
    seconds = 60 * np.arange(end - first, dtype="<u4")
    head = struct.pack("<IIdd", end - first, 6, first, START_MS + MINUTE_MS * first)
    differences = (columns - added[:, None]).astype("<f4")
    return b"".join([head, added.astype("<f8").tobytes(), seconds.tobytes(), differences.tobytes()])


def described(last: int = HELD, bars: int = BARS, **changes: Any) -> dict[str, Any]:
    """The JSON beside a picture of ``bars`` candles up to ``last``."""
    o, h, low, c, volume = candle(last - 1)
    sma = {"label": "SMA", "role": "LINE_A", "value": average(last - 1), "text": "newest"}
    values: dict[str, Any] = {
        "time_ms": START_MS + MINUTE_MS * (last - 1),
        "o": o, "h": h, "l": low, "c": c, "volume": volume, "last_y": 100,
        "plot": [0, 0, PLOT_RIGHT, PLOT_BOTTOM], "price_top": 38_100.0, "price_bottom": 37_962.0,
        "axis": "linear", "percent_base": None, "price_range": None, "held": [0, HELD],
        "first_index": last - bars, "x_first": NEWEST - (bars - 1) * STEP, "step": STEP,
        "bars": bars, "end": None if last == HELD else last, "following": last == HELD,
        "studies": [
            {"title": "SMA 20", "pane": None, "left_out": False, "decimals": 1, "curves": [sma]}
        ],
    }  # fmt: skip
    return values | changes


def keyframe(sequence: int, last: int = HELD, chart: int = 1, **changes: Any) -> bytes:
    """A picture of dots on one colour, and its candles."""
    box = (0, 0, WIDTH, HEIGHT)
    behind = changes.pop("rows", None)
    about = meta(chart) | described(last, **changes)
    pixels = np.full((HEIGHT, WIDTH, 3), 30, np.uint8)
    pixels[::20, ::20] = (200, 100, sequence % 256)
    first = about["first_index"] - 1
    part = Part(chart, 0, box, box, about, behind or rows(first, last))
    return message(sequence, [part], lossless(pixels))


def patch(sequence: int, chart: int = 1, **changes: Any) -> bytes:
    """A strip of 20 pixels at the right."""
    part = Part(
        chart, 1, (0, 0, 20, HEIGHT), (380, 0, 20, HEIGHT), meta(chart) | described() | changes
    )
    return message(sequence, [part], lossless(np.full((HEIGHT, 20, 3), sequence % 256, np.uint8)))


def show(stand: Stand, page: Page, picture: bytes) -> None:
    """Send a picture and wait until it is on the page."""
    seen = len(stand.said("ack"))
    stand.send(picture)
    stand.wait_for("ack", seen + 1)


def centre(index: int, end: int = HELD) -> float:
    """CSS x of a candle in the usual view."""
    return NEWEST - (end - 1 - index) * STEP


def transform(page: Page, part: str = "candles", chart: int = 0) -> list[float] | None:
    """The matrix that a part of the moved picture has; None while the picture stands still.

    On a canvas what the painter has answered it painted, see ``test_painter.py`` for the pixels.
    """
    found: list[float] | None = page.evaluate(
        """async ([part, chart]) => {
            const element = document.querySelectorAll(".chart")[chart];
            const { painted } = window.candlecast.panelOf(element);
            if (painted.exists) {
                while (painted.answered < painted.asked) await new Promise(requestAnimationFrame);
                const [{ told }] = painted.pictures.values();
                const asCss = (value) => Number(value.toPrecision(6));
                const [a, b, c, d] = Object.values(JSON.parse(told).motion).map(asCss);
                if (a === 1 && b === 0 && c === 1 && d === 0) return null;
                return { candles: [a, c, b, d], below: [a, 1, b, 0], axis: [1, c, 0, d] }[part];
            }
            const root = element.querySelector(".chart-moved");
            if (root.hidden) return null;
            const stage = root.querySelector(`[data-part="${part}"] > div`);
            const matrix = new DOMMatrix(getComputedStyle(stage).transform);
            return [matrix.a, matrix.d, matrix.e, matrix.f];
        }""",
        [part, chart],
    )
    return found
