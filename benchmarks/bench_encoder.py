"""The palette encoder beside Pillow's WebP and PNG on the same chart pixels, and decoding of each.

The charts are the product's own, drawn by its layout and its processor renderer. Peers get the
picture in the form that suits them (palette mode for PNG, RGB for WebP); only encoding is timed.
The comparison flatters us in pixels per second: we read one byte per pixel, libwebp four. Decoding
goes through Pillow, whose own part (fresh memory for every picture) is most of it and the same for
all; "strip" is what the live page gets for one chart on most ticks.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.harness import Row, measure
from chart_acceleration.chart_data import ChartData
from chart_acceleration.encoders.webp import WebpEncoder
from chart_acceleration.layout import lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import theme
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import Interval
from tests.encoders.pictures import Picture, decoded

SIZES = ((1280, 720, 300), (1920, 1080, 300), (340, 200, 60))  # width, height, candles
GOAL_SIZE = (1280, 720, 300)
GOAL_MS = 0.25
GOAL_FACTOR = 15
FASTEST_PEER = "Pillow WebP method 0 quality 0"
PEERS: dict[str, dict[str, Any]] = {
    FASTEST_PEER: {"format": "WEBP", "lossless": True, "method": 0, "quality": 0},
    "Pillow WebP method 0": {"format": "WEBP", "lossless": True, "method": 0},
    "Pillow WebP method 4": {"format": "WEBP", "lossless": True, "method": 4},
    "Pillow PNG level 1": {"format": "PNG", "compress_level": 1},
    "Pillow PNG": {"format": "PNG"},
}


def run() -> list[Row]:
    """Rows for three chart sizes; the goal stands beside 1280x720 with 300 candles."""
    return [row for size in SIZES for row in _rows(size)]


def _rows(size: tuple[int, int, int]) -> Iterator[Row]:
    chart, strip = _charts(*size)
    encoder = WebpEncoder(chart.pixels.size)
    files = {"candlecast": encoder.encode(chart.pixels, chart.palette)}
    timed = []
    for name, how in PEERS.items():
        call = _pillow(chart, **how)
        files[name] = call()
        timed.append(measure(f"{chart.name}: {name}", call, runs=15, size_bytes=len(files[name])))
    goal = ""
    if size == GOAL_SIZE:
        goal = f"<= {GOAL_MS} ms, >= {GOAL_FACTOR}x method 0, not larger"
    yield _ours(encoder, chart, goal, timed[0])
    yield from timed
    yield _ours(encoder, strip)
    for name in ("candlecast", FASTEST_PEER, "Pillow WebP method 4"):
        decode = _decode(files[name])
        yield measure(f"{chart.name}: decode {name}", decode, runs=40, size_bytes=len(files[name]))


def _ours(encoder: WebpEncoder, picture: Picture, goal: str = "", peer: Row | None = None) -> Row:
    """Our row; checked to come back exactly. The factor is from medians of this same run."""

    def call() -> bytes:
        return encoder.encode(picture.pixels, picture.palette)

    file = call()
    if not np.array_equal(decoded(file), picture.rgb()):
        raise AssertionError(f"{picture.name} did not come back exactly")
    row = measure(f"{picture.name}: candlecast", call, runs=300, goal=goal, size_bytes=len(file))
    if peer is None:
        return row
    factor = peer.median_ms / row.median_ms
    note = f"{factor:.0f}x faster, {len(file) - (peer.size_bytes or 0):+,} bytes"
    return Row(row.name, row.median_ms, row.low_ms, row.high_ms, row.runs, len(file), goal, note)


def _charts(width: int, height: int, count: int) -> tuple[Picture, Picture]:
    """A chart of a seeded random walk, and its live strip."""
    spec = ChartSpec("BTC-USD", Interval.M1, width, height, bars=count)
    layout = lay_out(ChartData(_walk(count)), spec, Furniture(False, False), LayoutBuffers())
    pixels = np.zeros((height, width), np.uint8)
    CpuRenderer().draw(layout.scene, pixels)
    strip = layout.frame.strip
    part = np.ascontiguousarray(pixels[strip.y0 : strip.y1, strip.x0 : strip.x1])
    palette = theme(spec.theme).palette
    name = f"{width}x{height}, {count} candles"
    return Picture(name, pixels, palette), Picture(f"{name}, strip", part, palette)


def _walk(count: int) -> CandleWindow:
    rng = np.random.default_rng(7)
    time_ns = 1_700_000_000_000_000_000 + 60_000_000_000 * np.arange(count, dtype=np.int64)
    close = 38_000 + np.cumsum(rng.normal(0, 12, count))
    first = np.concatenate(([38_000.0], close[:-1]))
    high = np.maximum(first, close) + rng.gamma(1, 6, count)
    low = np.minimum(first, close) - rng.gamma(1, 6, count)
    return CandleWindow.from_arrays(time_ns, first, high, low, close, rng.gamma(2, 3, count))


def _pillow(chart: Picture, **how: Any) -> Callable[[], bytes]:
    if how["format"] == "PNG":
        image = Image.fromarray(chart.pixels).convert("P")
        image.putpalette(chart.palette.tobytes())
    else:
        image = Image.fromarray(chart.rgb())

    def call() -> bytes:
        file = BytesIO()
        image.save(file, **how)
        return file.getvalue()

    return call


def _decode(file: bytes) -> Callable[[], object]:
    return lambda: Image.open(BytesIO(file)).load()
