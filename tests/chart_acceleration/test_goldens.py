"""Golden pictures, pixel by pixel. ``make goldens`` draws them anew: look before committing."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chart_acceleration.chart_data import ChartData
from chart_acceleration.layout import lay_out
from chart_acceleration.ops import LayoutBuffers
from chart_acceleration.palette import theme
from chart_acceleration.renderers.cpu import CpuRenderer
from chart_acceleration.scene import U8
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import DAY, MINUTE, Interval
from tests.chart_acceleration.made_candles import flat_candles, made_candles

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


def _spec(
    width: int, height: int, bars: int, interval: Interval = Interval.M1, **more: object
) -> ChartSpec:
    return ChartSpec("BTC-USD", interval, width, height, bars=bars, **more)  # type: ignore[arg-type]


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
]


def drawn(case: Golden) -> U8:
    layout = lay_out(ChartData(case.candles), case.spec, case.furniture, LayoutBuffers())
    pixels = np.zeros((case.spec.height, case.spec.width), dtype=np.uint8)
    CpuRenderer().draw(layout.scene, pixels)
    return pixels


def save(pixels: U8, case: Golden, path: Path) -> None:
    picture = Image.fromarray(pixels, mode=None)
    picture.putpalette(theme(case.spec.theme).palette.tobytes())
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
