"""The legend's rows and what gives way where it is narrow."""

from itertools import groupby
from math import nan

import pytest

from chart_acceleration.chart_data import ChartData
from chart_acceleration.elements import Elements, Study
from chart_acceleration.legend import ROOM, Legend, legend_rows, put_legend, put_pane_legend
from chart_acceleration.ops import GlyphList, LayoutBuffers
from chart_acceleration.palette import Role
from chart_acceleration.ramps import DOWN, IN_COLOUR, TEXT, UP
from chart_acceleration.scene import I32
from chart_acceleration.spec import ChartSpec, Furniture
from chart_acceleration.text import typesetter
from market.types import Interval
from tests.chart_acceleration.made_candles import made_candles, with_newest
from tests.chart_acceleration.made_elements import MACD, RSI, averages, data_of

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


def overlays(width: int, studies: tuple[Study, ...]) -> list[str]:
    """The third row's pieces, told by their ramps: one letter a run of equal ramps."""
    candles = made_candles(60)
    out = GlyphList(LayoutBuffers().glyphs)
    view = ChartSpec("A", Interval.M5, width, 400, elements=Elements(studies=studies))
    row = Legend(out, view, typesetter(1.0), width - 64)
    put_legend(row, data_of(candles, studies), Furniture(True, True, decimals=1), 1)
    glyphs = out.rows[: out.count]
    third = glyphs[glyphs[:, 1] > 44]
    names = {ramp: role.name for role, ramp in IN_COLOUR.items()}
    return [names[ramp] for ramp, _ in groupby(third[:, 3].tolist())]


def test_overlays_stand_in_the_third_row_in_their_colours() -> None:
    studies = (*averages(5, 20), RSI)
    assert overlays(800, studies) == ["TEXT", "LINE_A", "TEXT", "LINE_B", "TEXT"]


def test_overlays_without_room_are_left_out_whole() -> None:
    studies = tuple(averages(5, 20, 30))
    widths = [tuple(overlays(width, studies)) for width in range(800, 200, -20)]
    pieces = ["TEXT", "LINE_A", "TEXT", "LINE_B", "TEXT", "LINE_C", "TEXT"]
    assert set(widths) == {tuple(pieces[:count]) for count in (7, 6, 4, 2)}


def test_a_panes_row_has_its_title_and_values() -> None:
    candles = made_candles(60)
    out = GlyphList(LayoutBuffers().glyphs)
    row = Legend(out, ChartSpec("A", Interval.M5, 800, 400), typesetter(1.0), 700)
    values = data_of(candles, (MACD,)).values[0]
    values[1, -1] = nan
    put_pane_legend(row, MACD, values, lambda value: f"{value:.0f}", 300)
    glyphs = out.rows[: out.count]
    assert glyphs[:, 1].min() >= 300 + 6
    assert glyphs[:, 1].max() < 300 + 19
    ramps = [ramp for ramp, _ in groupby(glyphs[:, 3].tolist())]
    wanted = [Role.TEXT, *(curve.role for curve in MACD.curves)]
    assert ramps == [IN_COLOUR[role] for role in wanted]
    assert (glyphs[:, 3] == IN_COLOUR[Role.LINE_A]).sum() == 1  # a dash
