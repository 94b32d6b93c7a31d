"""The Plotly figure has the candles and colours of the picture, and Plotly accepts it."""

import json
from typing import Any

import numpy as np
import pytest
from plotly import graph_objects

from chart_acceleration.chart_data import ChartData
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
