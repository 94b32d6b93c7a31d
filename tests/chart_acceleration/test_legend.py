"""The legend's rows and what gives way where it is narrow."""

import pytest

from chart_acceleration.chart_data import ChartData
from chart_acceleration.legend import ROOM, Legend, legend_rows, put_legend
from chart_acceleration.ops import GlyphList, LayoutBuffers
from chart_acceleration.ramps import DOWN, TEXT, UP
from chart_acceleration.scene import I32
from chart_acceleration.spec import ChartSpec, Furniture
from chart_acceleration.text import typesetter
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles, with_newest

pytestmark = pytest.mark.kernel


def legend(width: int = 800, height: int = 400, *, count: int = 5, rising: bool = True) -> I32:
    candles = made_candles(count)
    if count:
        candles = with_newest(candles, float(candles.open[-1]) * (1.01 if rising else 0.99))
    out = GlyphList(LayoutBuffers().glyphs)
    view = ChartSpec("BTC-USD", Interval.M5, width, height)
    furniture = Furniture(legend=True, last_line=True, venue="Coinbase", decimals=1)
    row = Legend(out, view, typesetter(1.0), width - 64)
    put_legend(row, ChartData(candles), furniture, 1)
    return out.rows[: out.count]


@pytest.mark.parametrize(("height", "rows"), [(100, 0), (110, 1), (150, 2), (240, 3), (900, 3)])
def test_rows_by_height(height: int, rows: int) -> None:
    assert legend_rows(ChartSpec("A", Interval.M1, 640, height)) == rows
    assert len(ROOM) > rows


def test_a_narrow_picture_has_no_legend() -> None:
    assert legend_rows(ChartSpec("A", Interval.M1, 199, 400)) == 0
    assert len(legend(199)) == 0


@pytest.mark.parametrize(("rising", "ramp"), [(True, UP), (False, DOWN)])
def test_prices_have_the_candles_colour(rising: bool, ramp: int) -> None:
    assert set(legend(rising=rising)[:, 3].tolist()) == {TEXT, ramp}


def test_open_high_and_low_give_way_first() -> None:
    wide, narrow, title_only = legend(800), legend(380), legend(800, 120)
    assert len(wide) > len(narrow) > len(title_only) > 0
    assert narrow[:, 0].max() < 380 - 64


def test_it_starts_at_12_and_stays_in_its_room() -> None:
    glyphs = legend()
    assert 12 <= glyphs[:, 0].min() <= 14
    assert glyphs[:, 1].min() >= 8
    assert glyphs[:, 1].max() < ROOM[3]


def test_without_candles_only_the_title() -> None:
    assert len(legend(count=0)) == len("BTC-USD") + len("5m · Coinbase")
