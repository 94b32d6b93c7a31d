"""Golden pictures, pixel by pixel. ``make goldens`` draws them anew: look before committing."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from chart_acceleration.elements import AxisKind, ChartStyle, Elements
from chart_acceleration.layout import ChartLayout, lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import theme
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import DAY, MINUTE, Interval
from tests.chart_acceleration.made_candles import (
    flat_candles,
    made_candles,
    steep_candles,
)
from tests.chart_acceleration.made_elements import (
    BANDS,
    EMPTY,
    ICHIMOKU,
    MACD,
    OBV,
    RSI,
    SAR,
    averages,
    data_of,
    made_drawings,
    made_markers,
)

pytestmark = pytest.mark.kernel

GOLDENS = Path(__file__).resolve().parent.parent / "goldens"
ALONE = Furniture(legend=True, last_line=True, venue="Coinbase", decimals=1)
LIVE = Furniture(legend=False, last_line=False, decimals=1)


@dataclass(frozen=True)
class Golden:
    name: str
    candles: CandleWindow
    spec: ChartSpec
    furniture: Furniture = ALONE
    data: dict[str, Any] = field(default_factory=dict)

    def laid_out(self) -> ChartLayout:
        """In buffers of its own."""
        data = data_of(self.candles, self.spec.elements.studies, **self.data)
        return lay_out(data, self.spec, self.furniture, LayoutBuffers())

    def palette(self) -> U8:
        return theme(self.spec.theme).colours(wide=self.spec.elements.wide, stale=False)


def _spec(
    width: int, height: int, bars: int, interval: Interval = Interval.M1, **more: object
) -> ChartSpec:
    return ChartSpec("BTC-USD", interval, width, height, bars=bars, **more)  # type: ignore[arg-type]


def _shown(name: str, elements: Elements, furniture: Furniture = ALONE, **more: Any) -> Golden:
    """One element at 480 x 300; ``more``: fields of the data, ``theme``, ``bars``, ``size``."""
    width, height = more.pop("size", (480, 300))
    view = {key: more.pop(key) for key in ("theme", "scale") if key in more}
    spec = _spec(width, height, more.pop("bars", 80), elements=elements, **view)
    return Golden(name, more.pop("candles", WALK), spec, furniture, more)


WALK = made_candles(140)
CLOSE = float(WALK.close[-1])
NOW = int(WALK.time_ns[-1]) + 18_000_000_000
QUOTES = replace(ALONE, quote_lines=True, countdown=True)
STEEP = steep_candles(90)

CASES = [
    Golden("dark", made_candles(90), _spec(540, 300, 80)),
    Golden("live", made_candles(90), _spec(540, 300, 80), LIVE),
    Golden(
        "light_5m",
        made_candles(60, interval_ns=5 * MINUTE),
        _spec(480, 260, 50, Interval.M5, theme="light"),
    ),
    Golden("dark_cb_twice", made_candles(50), _spec(720, 440, 45, scale=2.0, theme="dark-cb")),
    Golden("light_cb_thrice", made_candles(40), _spec(900, 600, 30, scale=3.0, theme="light-cb")),
    Golden("daily", made_candles(200, interval_ns=DAY), _spec(640, 320, 180, Interval.D1)),
    Golden("zoomed_out", made_candles(2000), _spec(340, 200, 2000)),
    Golden("small", made_candles(20), _spec(60, 40, 20)),
    Golden("smallest", made_candles(5), _spec(16, 16, 5)),
    Golden("empty", made_candles(0), _spec(320, 200, 60)),
    Golden("one", made_candles(1), _spec(320, 200, 60)),
    Golden(
        "flat", flat_candles(40, 1e-8), _spec(320, 200, 40), Furniture(True, True, "Binance", 8)
    ),
    # styles
    _shown("hollow", Elements(style=ChartStyle.HOLLOW)),
    _shown("hollow_twice", Elements(style=ChartStyle.HOLLOW), size=(720, 440), scale=2.0, bars=40),
    _shown("bars", Elements(style=ChartStyle.BARS), theme="light"),
    _shown("bars_few", Elements(style=ChartStyle.BARS), theme="dark-cb", bars=20),
    _shown("heikin_ashi", Elements(style=ChartStyle.HEIKIN_ASHI)),
    _shown("line", Elements(style=ChartStyle.LINE)),
    _shown("area", Elements(style=ChartStyle.AREA), theme="light"),
    _shown("area_dark", Elements(style=ChartStyle.AREA, volume=False)),
    # axes
    _shown("log", Elements(axis=AxisKind.LOG)),
    _shown("log_decades", Elements(axis=AxisKind.LOG), candles=STEEP),
    _shown("log_wide", Elements(axis=AxisKind.LOG), candles=steep_candles(90, 1.35), theme="light"),
    _shown("percent", Elements(axis=AxisKind.PERCENT)),
    _shown("kolkata", Elements(zone="Asia/Kolkata")),
    # over the candles
    _shown("averages", Elements(studies=tuple(averages(20, 50)))),
    _shown("five_averages", Elements(studies=tuple(averages(5, 10, 20, 30, 50))), theme="light"),
    _shown("bands", Elements(studies=(BANDS,))),
    _shown("bands_light", Elements(studies=(BANDS,)), theme="light"),
    _shown("cloud", Elements(studies=(ICHIMOKU,)), theme="light-cb"),
    _shown("dots", Elements(studies=(SAR,))),
    # panes
    _shown("rsi", Elements(studies=(RSI,))),
    _shown("macd", Elements(studies=(MACD,)), theme="light"),
    _shown("two_panes", Elements(studies=(RSI, MACD)), size=(480, 400)),
    _shown("three_panes", Elements(studies=(RSI, MACD, OBV)), size=(480, 480), theme="dark-cb"),
    _shown("panes_live", Elements(studies=(MACD, RSI)), LIVE, size=(480, 400)),
    _shown("pane_without_values", Elements(studies=(EMPTY,)), theme="light"),
    # lines and marks
    _shown("drawings", Elements(drawings=made_drawings(WALK))),
    _shown(
        "drawings_log", Elements(axis=AxisKind.LOG, drawings=made_drawings(STEEP)), candles=STEEP
    ),
    _shown("quotes", Elements(), QUOTES, bid=CLOSE - 60, ask=CLOSE + 90, now_ns=NOW),
    _shown(
        "quotes_near", Elements(), QUOTES, bid=CLOSE - 1, ask=CLOSE + 1, now_ns=NOW,
        theme="light",
    ),
    _shown("countdown", Elements(), replace(LIVE, countdown=True), now_ns=NOW),
    _shown("markers", Elements(), markers=made_markers(WALK)),
    _shown("markers_light", Elements(), markers=made_markers(WALK), theme="light", bars=40),
    Golden(
        "everything_twice",
        WALK,
        _spec(
            960, 800, 60, scale=2.0,
            elements=Elements(
                axis=AxisKind.PERCENT,
                studies=(*averages(20, 50), BANDS, MACD, RSI),
                drawings=made_drawings(WALK)[:3],
            ),
        ),
        QUOTES,
        {"bid": CLOSE - 60, "ask": CLOSE + 90, "now_ns": NOW, "markers": made_markers(WALK)},
    ),
]  # fmt: skip


def drawn(case: Golden) -> U8:
    pixels = np.zeros((case.spec.height, case.spec.width), dtype=np.uint8)
    CpuRenderer().draw(case.laid_out().scene, pixels)
    return pixels


def save(pixels: U8, case: Golden, path: Path) -> None:
    picture = Image.fromarray(pixels, mode=None)
    picture.putpalette(case.palette().tobytes())
    picture.save(path, optimize=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden(case: Golden, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = GOLDENS / f"{case.name}.png"
    pixels = drawn(case)
    if request.config.getoption("--regenerate-goldens", default=False):
        save(pixels, case, path)
    with Image.open(path) as picture:
        expected = np.array(picture)
    if not np.array_equal(pixels, expected):
        save(pixels, case, tmp_path / f"{case.name}.png")
        differ = int((pixels != expected).sum()) if pixels.shape == expected.shape else "all"
        pytest.fail(f"{differ} pixels differ from {path.name}; drawn now: {tmp_path / path.name}")
