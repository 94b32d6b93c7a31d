"""The Plotly figure has the candles and colours of the picture, and Plotly accepts it."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from plotly import graph_objects

from chart_acceleration.chart_data import ChartData, Markers
from chart_acceleration.elements import (
    AxisKind,
    ChartStyle,
    Curve,
    CurveStyle,
    Elements,
    Extension,
    HorizontalLine,
    Study,
    StudyPane,
    TrendLine,
)
from chart_acceleration.errors import BadCandles
from chart_acceleration.palette import THEMES, Role
from chart_acceleration.plotly_fallback import figure
from chart_acceleration.spec import ChartSpec, Furniture
from market.columns import CandleWindow
from market.types import Interval

FURNITURE = Furniture(legend=False, last_line=False, venue="Coinbase", decimals=1)


def window(closes: list[float]) -> CandleWindow:
    close = np.array(closes, np.float64)
    opened = np.concatenate([close[:1], close[:-1]])
    minutes = np.arange(len(closes), dtype=np.int64) * 60_000_000_000
    return CandleWindow.from_arrays(
        minutes + 1_700_000_040_000_000_000,
        opened,
        np.maximum(opened, close) + 1.0,
        np.minimum(opened, close) - 1.0,
        close,
        np.arange(1.0, len(closes) + 1.0),
    )


def data(closes: list[float]) -> ChartData:
    return ChartData(window(closes))


def spec(theme: str = "dark", bars: int = 120, interval: Interval = Interval.M1) -> ChartSpec:
    return ChartSpec("BTC-USD", interval, 800, 400, theme=theme, bars=bars)


def hex_colour(theme: str, role: Role) -> str:
    return "#" + bytes(THEMES[theme].palette[role].tolist()).hex().upper()


def trace(made: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = [item for item in made["data"] if item["type"] == kind]
    return dict(found)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("closes", [[], [100.0], [100.0, 100.0, 100.0], [1.0, 3.0, 2.0, 5.0]])
def test_plotly_accepts_every_property(theme: str, closes: list[float]) -> None:
    made = figure(data(closes), spec(theme), FURNITURE)
    graph_objects.Figure(made)
    json.dumps(made)


def test_the_last_bars_are_shown_with_their_times_and_values() -> None:
    candles = window([10.0, 12.0, 11.0, 14.0, 13.0])
    made = trace(figure(ChartData(candles), spec(bars=3), FURNITURE), "candlestick")
    assert made["x"] == [1_700_000_160_000, 1_700_000_220_000, 1_700_000_280_000]
    assert made["open"] == [12.0, 11.0, 14.0]
    assert made["high"] == [13.0, 15.0, 15.0]
    assert made["low"] == [10.0, 10.0, 12.0]
    assert made["close"] == [11.0, 14.0, 13.0]


@pytest.mark.parametrize("theme", THEMES)
def test_colours_are_those_of_the_picture(theme: str) -> None:
    made = figure(data([10.0, 12.0, 11.0]), spec(theme), FURNITURE)
    candles = trace(made, "candlestick")
    assert candles["increasing"]["fillcolor"] == hex_colour(theme, Role.UP)
    assert candles["decreasing"]["fillcolor"] == hex_colour(theme, Role.DOWN)
    up, down = hex_colour(theme, Role.UP_SHADE), hex_colour(theme, Role.DOWN_SHADE)
    assert trace(made, "bar")["marker"]["color"] == [up, up, down]
    assert made["layout"]["paper_bgcolor"] == hex_colour(theme, Role.BACKGROUND)
    assert made["layout"]["shapes"][0]["line"]["color"] == hex_colour(theme, Role.DOWN)


def test_a_lost_feed_is_grey() -> None:
    stale = Furniture(legend=False, last_line=False, stale=True)
    made = trace(figure(data([10.0, 12.0]), spec(), stale), "candlestick")
    assert made["increasing"]["fillcolor"] == "#7C8694"


def test_legend_and_last_price_are_written_like_everywhere() -> None:
    legend, last = figure(data([38526.0, 38533.0, 38502.5]), spec(), FURNITURE)["layout"][
        "annotations"
    ]
    assert last["text"] == "38,502.5"
    assert last["y"] == 38502.5
    assert "<b>BTC-USD</b>  1m · Coinbase" in legend["text"]
    assert "O 38,533.0  H 38,534.0  L 38,501.5  C 38,502.5" in legend["text"]
    assert "\u221230.5 (\u22120.08 %)" in legend["text"]


def test_a_zoom_outlives_refreshes_but_not_another_market() -> None:
    def revision(closes: list[float], interval: Interval) -> str:
        made = figure(data(closes), spec(interval=interval), FURNITURE)
        return str(made["layout"]["uirevision"])

    assert revision([1.0, 2.0], Interval.M1) == revision([1.0, 2.0, 3.0], Interval.M1)
    assert revision([1.0, 2.0], Interval.M1) != revision([1.0, 2.0], Interval.M5)


def test_price_axis_is_on_the_right_and_volume_in_the_lowest_part() -> None:
    layout = figure(data([1.0, 2.0]), spec(), FURNITURE)["layout"]
    assert layout["yaxis"]["side"] == "right"
    assert layout["yaxis"]["tickformat"] == ",.1f"
    assert layout["yaxis2"]["domain"] == [0, 0.17]
    assert layout["xaxis"]["rangeslider"] == {"visible": False}


def test_without_candles_it_says_so() -> None:
    made = figure(data([]), spec(), FURNITURE)
    assert made["data"] == []
    assert made["layout"]["annotations"][0]["text"] == "No candles yet"


TRADED = Markers.of([1_700_000_040_000_000_000, 1_700_000_170_000_000_000], [0, 2])
SMA = Study("SMA 2", (Curve("SMA", role=Role.LINE_A),))
BANDS = Study(
    "Bollinger 2 2",
    (
        Curve("upper", CurveStyle.BAND, Role.LINE_B),
        Curve("middle", role=Role.LINE_B),
        Curve("lower", CurveStyle.BAND, Role.LINE_B),
    ),
)
CLOUD = Study(
    "Ichimoku",
    (
        Curve("a", CurveStyle.CLOUD, Role.UP, shift=2),
        Curve("b", CurveStyle.CLOUD, Role.DOWN, shift=2),
    ),
)
SAR = Study("SAR", (Curve("SAR", CurveStyle.DOTS, Role.LINE_D),))
RSI = Study("RSI 14", (Curve("RSI", role=Role.LINE_C),), StudyPane(0.0, 100.0, (30.0, 70.0)))
MACD = Study("MACD", (Curve("Histogram", CurveStyle.HISTOGRAM, Role.UP),), StudyPane())
ALL = (SMA, BANDS, CLOUD, SAR, RSI, MACD)
CLOSES = [10.0, 12.0, 11.0, 14.0, 13.0]
MINUTE_MS = 60_000
FIRST_MS = 1_700_000_040_000


NOW = 1_700_000_040_000_000_000 + 4 * 60_000_000_000 + 18_000_000_000
LINES = (
    HorizontalLine(12.0, Role.LINE_C, dashed=True),
    TrendLine(
        (FIRST_MS * 1_000_000, 10.0),
        ((FIRST_MS + 2 * MINUTE_MS) * 1_000_000, 12.0),
        extend=Extension.RIGHT,
    ),
)


def shown(
    studies: tuple[Study, ...] = (), furniture: Furniture = FURNITURE, **elements: Any
) -> dict[str, Any]:
    """A figure of five candles; row i of every curve is i, NaN in the first row."""
    row = np.array([np.nan, 1.0, -2.0, 3.0, 4.0])
    values = tuple(np.stack([row + at for at in range(len(s.curves))]) for s in studies)
    numbers = ChartData(window(CLOSES), values, TRADED, bid=12.5, ask=13.5, now_ns=NOW)
    seen = replace(spec(), elements=Elements(studies=studies, **elements))
    made = figure(numbers, seen, furniture)
    graph_objects.Figure(made)
    json.dumps(made, allow_nan=False)
    return made


def named(made: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [item for item in made["data"] if item.get("name") == name and "fill" not in item
                and item.get("line", {}).get("width") != 0]  # fmt: skip
    return dict(found)


@pytest.mark.parametrize("style", ChartStyle)
@pytest.mark.parametrize("axis", AxisKind)
def test_every_style_and_axis_is_accepted(style: ChartStyle, axis: AxisKind) -> None:
    made = shown(ALL, style=style, axis=axis, zone="America/New_York", drawings=LINES)
    assert len(made["data"]) > 10


@pytest.mark.parametrize("closes", [[], [100.0], [5.0, 5.0]])
@pytest.mark.parametrize("style", ChartStyle)
def test_few_candles_are_accepted(closes: list[float], style: ChartStyle) -> None:
    values = tuple(np.full((len(s.curves), len(closes)), np.nan) for s in ALL)
    seen = replace(spec(), elements=Elements(style=style, studies=ALL, drawings=LINES))
    made = figure(ChartData(window(closes), values), seen, FURNITURE)
    graph_objects.Figure(made)
    json.dumps(made, allow_nan=False)


def test_styles_of_prices() -> None:
    up, background = hex_colour("dark", Role.UP), hex_colour("dark", Role.BACKGROUND)
    hollow = trace(shown(style=ChartStyle.HOLLOW), "candlestick")
    assert hollow["increasing"] == {"line": {"color": up, "width": 1}, "fillcolor": background}
    assert hollow["decreasing"]["fillcolor"] == hex_colour("dark", Role.DOWN)
    assert trace(shown(style=ChartStyle.BARS), "ohlc")["close"] == CLOSES
    smooth = trace(shown(style=ChartStyle.HEIKIN_ASHI), "candlestick")
    assert smooth["open"][:2] == [10.0, (10.0 + (10.0 + 11.0 + 9.0 + 10.0) / 4) / 2]
    line = shown(style=ChartStyle.LINE)["data"][1]
    assert (line["y"], line["line"]["color"]) == (CLOSES, hex_colour("dark", Role.LINE_A))
    ground, area = shown(style=ChartStyle.AREA)["data"][1:3]
    assert (area["y"], area["fill"]) == (CLOSES, "tonexty")
    assert ground["y"] == [10.0 - 0.05 * 4.0] * 5


def test_volume_can_be_left_out() -> None:
    made = shown(volume=False)
    assert [item["type"] for item in made["data"]] == ["candlestick", "scatter", "scatter"]
    assert made["layout"]["yaxis"]["domain"] == [0.0, 1.0]


def test_log_axis_takes_logarithms_in_annotations_only() -> None:
    layout = shown(axis=AxisKind.LOG)["layout"]
    assert layout["yaxis"]["type"] == "log"
    assert layout["annotations"][-1]["y"] == pytest.approx(np.log10(13.0))
    assert layout["shapes"][-1]["y0"] == 13.0


def test_percent_axis_counts_from_the_first_visible_close() -> None:
    made = shown((SMA,), axis=AxisKind.PERCENT)
    assert trace(made, "candlestick")["close"] == pytest.approx([0.0, 20.0, 10.0, 40.0, 30.0])
    assert named(made, "SMA")["y"] == [None, -90.0, -120.0, -70.0, -60.0]
    assert made["layout"]["annotations"][-1]["text"] == "+30.00 %"
    assert made["layout"]["yaxis"]["ticksuffix"] == " %"


def test_curves_over_the_candles_have_gaps_where_nothing_is_known() -> None:
    made = named(shown((SMA,)), "SMA")
    assert (made["y"], made["yaxis"]) == ([None, 1.0, -2.0, 3.0, 4.0], "y")
    assert made["line"] == {"color": hex_colour("dark", Role.LINE_A), "width": 1.5}


def test_panes_lie_below_with_axes_of_their_own() -> None:
    made = shown((RSI, MACD))
    layout = made["layout"]
    assert named(made, "RSI")["yaxis"] == "y3"
    assert layout["yaxis3"]["range"] == [0.0, 100.0]
    assert layout["yaxis3"]["autorange"] is False
    assert layout["yaxis4"]["autorange"] is True
    assert layout["yaxis3"]["domain"] == pytest.approx([0.22, 0.42])
    assert layout["yaxis4"]["domain"] == pytest.approx([0.0, 0.2])
    assert layout["yaxis2"]["domain"][0] == pytest.approx(0.44)
    assert layout["xaxis"]["anchor"] == "y4"
    levels = [shape["y0"] for shape in layout["shapes"] if shape.get("yref") == "y3"]
    assert levels == [30.0, 70.0]


def test_histogram_tells_rising_from_falling() -> None:
    made = named(shown((MACD,)), "Histogram")
    assert made["y"] == [None, 1.0, -2.0, 3.0, 4.0]
    up, down = hex_colour("dark", Role.UP), hex_colour("dark", Role.DOWN)
    assert made["marker"]["color"][2:] == [down, up, up]


def test_bands_are_filled_between_their_edges() -> None:
    made = shown((BANDS,))
    fills = [item for item in made["data"] if item.get("fill") == "tonexty"]
    assert [item["y"] for item in fills] == [
        [None, 3.0, 0.0, 5.0, 6.0],
        [None, 1.0, -2.0, 3.0, 4.0],
    ]
    ground = made["data"][made["data"].index(fills[0]) - 1]
    assert ground["y"] == [None, 3.0, 0.0, 5.0, 6.0]
    assert ground["line"] == {"width": 0}


def test_a_cloud_stands_ahead() -> None:
    made = shown((CLOUD,))
    assert named(made, "a")["x"] == [FIRST_MS + minute * MINUTE_MS for minute in range(2, 7)]


@pytest.mark.parametrize(("bars", "first"), [(2, 3), (4, 2)])
def test_a_cloud_begins_with_values_left_of_the_picture(bars: int, first: int) -> None:
    values = np.tile(np.arange(5.0), (2, 1))
    view = replace(spec(bars=bars), elements=Elements(studies=(CLOUD,)))
    made = named(figure(ChartData(window(CLOSES), (values,)), view, FURNITURE), "a")
    assert made["x"] == [FIRST_MS + minute * MINUTE_MS for minute in range(first, 7)]
    assert made["y"] == [float(minute - 2) for minute in range(first, 7)]


def test_curves_ahead_do_not_widen_the_picture() -> None:
    span = [FIRST_MS - MINUTE_MS // 2, FIRST_MS + 6 * MINUTE_MS]
    assert shown()["layout"]["xaxis"]["range"] == span
    assert shown((CLOUD,))["layout"]["xaxis"]["range"] == span


def test_dots_have_the_fourth_colour() -> None:
    made = named(shown((SAR,)), "SAR")
    wide = "#" + bytes(THEMES["dark"].wide[Role.LINE_D].tolist()).hex().upper()
    assert made["mode"] == "markers"
    assert made["marker"]["color"] == wide


def test_markers_stand_beside_their_candles() -> None:
    entry, exit_ = [item for item in shown()["data"] if item.get("mode") == "text"]
    assert (entry["x"], entry["y"], entry["text"]) == ([FIRST_MS], [9.0], ["▲"])
    assert (exit_["x"], exit_["y"], exit_["text"]) == ([FIRST_MS + 2 * MINUTE_MS], [13.0], ["▼"])
    assert exit_["textfont"]["color"] == hex_colour("dark", Role.DOWN)


def test_lines_of_the_user() -> None:
    layout = shown(drawings=LINES)["layout"]
    level, trend, _last = layout["shapes"]
    assert (level["y0"], level["y1"], level["line"]["dash"]) == (12.0, 12.0, "dash")
    assert (trend["x0"], trend["y0"]) == (FIRST_MS, 10.0)
    assert (trend["x1"], trend["y1"]) == (FIRST_MS + 5 * MINUTE_MS, 15.0)
    assert layout["annotations"][1]["text"] == "12.0"


def test_a_trend_line_is_straight_on_a_logarithmic_axis() -> None:
    _level, trend, _last = shown(drawings=LINES, axis=AxisKind.LOG)["layout"]["shapes"]
    assert trend["y1"] == pytest.approx(10.0 * 1.2**2.5)


def test_quotes_and_countdown_where_they_are_asked_for() -> None:
    furniture = replace(FURNITURE, quote_lines=True, countdown=True)
    layout = shown(furniture=furniture)["layout"]
    assert [item["text"] for item in layout["annotations"][1:]] == ["13.5", "12.5", "13.0<br>0:42"]
    assert [shape["y0"] for shape in layout["shapes"]] == [13.5, 12.5, 13.0]
    assert [item["text"] for item in shown()["layout"]["annotations"][1:]] == ["13.0"]


@pytest.mark.parametrize("axis", list(AxisKind))
@pytest.mark.parametrize("quote", [float("nan"), float("inf"), -1e308])
def test_absurd_numbers_can_be_written_as_json(axis: AxisKind, quote: float) -> None:
    steep = TrendLine((0, 1e-300), (1, 1e300), extend=Extension.BOTH)
    level = HorizontalLine(-1e308)
    studies = (Study("S", (Curve("h", CurveStyle.HISTOGRAM), Curve("l"))),)
    elements = Elements(axis=axis, studies=studies, drawings=(steep, level))
    values = np.array([[np.inf, -np.inf, np.nan], [1e308, -1e308, 0.0]])
    absurd = ChartData(window([2e-9, 3e-9, 2e-9]), (values,), TRADED, quote, 1.0)
    quotes = replace(FURNITURE, quote_lines=True)
    made = figure(absurd, replace(spec(), elements=elements), quotes)
    json.dumps(made, allow_nan=False)
    graph_objects.Figure(made)


def test_candles_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(BadCandles, match=r"candle 1 has open 1\.0, high inf"):
        figure(data([1.0, float("inf")]), spec(), FURNITURE)


def test_times_are_those_of_the_zone() -> None:
    shifted = trace(shown(zone="Asia/Kolkata"), "candlestick")["x"]
    assert shifted[0] == FIRST_MS + int(5.5 * 3600) * 1000


def test_legend_has_the_studies_in_their_colours() -> None:
    layout = shown((SMA, RSI))["layout"]
    legend, pane = layout["annotations"][:2]
    assert (
        f'SMA 2 <span style="color:{hex_colour("dark", Role.LINE_A)}">4.0</span>' in legend["text"]
    )
    assert "RSI" not in legend["text"]
    assert pane["text"].startswith("RSI 14  ")
    assert layout["margin"]["t"] == 72
