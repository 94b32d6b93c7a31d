"""Texts that name indicators, and the studies a chart draws for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.elements import MOST_STUDIES, ChartStyle, CurveStyle, StudyPane
from chart_acceleration.palette import Role
from indicators.registry import INDICATORS
from server.errors import RequestError
from server.studies import ChosenIndicator, chosen_indicators, studies

LINES = {Role.LINE_A, Role.LINE_B, Role.LINE_C, Role.LINE_D, Role.LINE_E}


def roles(*texts: str) -> list[list[str]]:
    """Names of the line colours of every study."""
    return [
        [curve.role.name[5:] for curve in study.curves if curve.role in LINES]
        for study in studies(chosen_indicators(texts))
    ]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("sma:20", [("sma", (20,))]),
        ("sma:20,sma:50", [("sma", (20,)), ("sma", (50,))]),
        (" SMA:20 , rsi ", [("sma", (20,)), ("rsi", (14,))]),
        ("sma:20,sma(20),sma", [("sma", (20,))]),
        ("bollinger:20:2.5", [("bollinger", (20, 2.5))]),
        ("macd:5", [("macd", (5, 26, 9))]),
        ("macd(slow=30)", [("macd", (12, 30, 9))]),
        ("macd(5,signal=3),obv", [("macd", (5, 26, 3)), ("obv", ())]),
        ("ema:period=7", [("ema", (7,))]),
        ("sma()", [("sma", (20,))]),
        ("", []),
        (" , ,", []),
    ],
)
def test_texts_name_indicators(text: str, chosen: list[tuple[str, tuple[float, ...]]]) -> None:
    assert [(each.key, each.parameters) for each in chosen_indicators([text])] == chosen


def test_repeated_texts_are_one_list() -> None:
    assert chosen_indicators(["sma:20,rsi", "obv"]) == chosen_indicators(["sma:20", "rsi,obv"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sma:0", "period was 0; allowed is a whole number from 1 to 5,000"),
        ("sma:20.5", "period was 20.5; allowed is a whole number from 1 to 5,000"),
        ("sma:x", "period was 'x'; allowed is a number"),
        ("sma:nan", "period was nan; allowed is a whole number from 1 to 5,000"),
        ("bollinger:20:inf", "width was inf; allowed is a number from 0.1 to 20.0"),
        ("sma:20:3", "sma was given 20, 3; its parameters are period"),
        ("obv:1", "obv was given 1; it has no parameters"),
        ("macd:26:12", "fast was 26 and slow 12; fast must be below slow"),
        ("sma(length=20)", "sma was given length; it has period"),
        ("macd(slow=30,12)", "macd was given slow twice; allowed is once"),
        ("macd(fast=5,fast=6)", "macd was given fast twice; allowed is once"),
        ("foo", "indicator was 'foo'; allowed are accumulation, adx, "),
        ("f" * 900, f"indicator was '{'f' * 40}'; allowed are accumulation, adx, "),
        (f"sma:{'x' * 900}", f"period was '{'x' * 40}'; allowed is a number"),
        ("sma(20", "indicator was 'sma(20'; allowed are accumulation, adx, "),
        ("sma:1" * 300, "indicators had 1,500 characters; allowed are 1,000"),
        (
            ",".join(f"sma:{n}" for n in range(1, MOST_STUDIES + 2)),
            "indicators were 13; allowed are at most 12",
        ),
        (
            "sma:20/f",
            "colours of sma were 'f'; allowed is one of a, b, c, d, e or - for each of SMA",
        ),
        ("sma:20/ab", "colours of sma were 'ab'"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(RequestError) as refused:
        chosen_indicators([text])
    assert str(refused.value).startswith(sentence)


@given(st.text(alphabet="smarigcd:(),=0123456789.-_ e", max_size=80))
def test_any_text_names_indicators_or_is_refused(text: str) -> None:
    try:
        chosen = chosen_indicators([text])
    except RequestError:
        return
    assert chosen_indicators([",".join(each.text for each in chosen)]) == chosen
    assert len(studies(chosen)) == len(chosen)


@pytest.mark.parametrize("key", INDICATORS)
def test_every_indicator_can_be_drawn(key: str) -> None:
    (chosen,) = chosen_indicators([key])
    (study,) = studies([chosen])
    indicator = INDICATORS[key]
    assert len(study.curves) == len(indicator.outputs)
    assert [curve.label for curve in study.curves] == [out.label for out in indicator.outputs]
    assert [curve.role.name for curve in study.curves] == [
        out.role.value for out in indicator.outputs
    ]
    assert (study.pane is None) == indicator.pane.overlay
    assert len(study.title) <= 26


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("sma:20", "SMA 20"),
        ("rsi", "RSI 14"),
        ("bollinger:20:2.5", "Bollinger 20 2.5"),
        ("macd", "MACD 12 26 9"),
        ("obv", "OBV"),
        ("supertrend", "SuperTrend 10 3"),
        ("anchored_vwap", "AVWAP 0"),
        ("anchored_vwap:1769889600", "AVWAP 2026-01-31 20:00"),
    ],
)
def test_titles_are_short(text: str, title: str) -> None:
    assert chosen_indicators([text])[0].title == title


def test_panes_come_from_the_registry() -> None:
    rsi, macd = studies(chosen_indicators(["rsi,macd"]))
    assert rsi.pane == StudyPane(0.0, 100.0, (30.0, 50.0, 70.0))
    assert macd.pane == StudyPane()
    assert [curve.style for curve in macd.curves] == [
        CurveStyle.LINE,
        CurveStyle.LINE,
        CurveStyle.HISTOGRAM,
    ]


def test_a_cloud_is_drawn_ahead() -> None:
    (study,) = studies(chosen_indicators(["ichimoku"]))
    assert [curve.shift for curve in study.curves] == [0, 0, 25, 25, -25]


def test_curves_over_the_candles_differ_in_colour() -> None:
    assert roles("sma:20", "sma:50") == [["A"], ["B"]]
    assert roles("sma:1,sma:2,sma:3,sma:4,sma:5") == [["A"], ["B"], ["C"], ["D"], ["E"]]
    assert roles("ema:9,sma:20") == [["B"], ["A"]]
    assert roles("sma,bollinger") == [["A"], ["B", "B", "B"]]
    assert roles("bollinger,keltner,donchian") == [["A"] * 3, ["B"] * 3, ["C"] * 3]


def test_a_line_of_prices_keeps_its_colour_for_itself() -> None:
    chosen = chosen_indicators(["sma:20,sma:50"])
    for style in (ChartStyle.LINE, ChartStyle.AREA):
        made = studies(chosen, style)
        assert [curve.role for study in made for curve in study.curves] == [
            Role.LINE_B,
            Role.LINE_C,
        ]


def test_without_colours_left_those_of_the_registry_come_again() -> None:
    assert roles("sma:1,sma:2,sma:3,sma:4,sma:5,ema:6,sma:7")[5:] == [["B"], ["A"]]


def test_a_pane_never_brings_a_fourth_colour() -> None:
    assert roles("rsi") == [["B"]]
    assert roles("sma:20,sma:50,rsi") == [["A"], ["B"], ["C"]]
    assert roles("rsi,sma:20,sma:50") == [["C"], ["A"], ["B"]]
    assert roles("sma,ema,wma,rsi,macd") == [["A"], ["B"], ["C"], ["B"], ["A", "C"]]


def test_up_and_down_stay() -> None:
    (sides,) = studies(chosen_indicators(["supertrend"]))
    assert [curve.role for curve in sides.curves] == [Role.UP, Role.DOWN]


def test_lines_have_the_colours_that_were_chosen() -> None:
    assert roles("sma:20/c,sma:50") == [["C"], ["A"]]
    assert roles("sma:20,sma:50/a") == [["B"], ["A"]]  # what was chosen comes first
    assert roles("bollinger/e-d,rsi/a") == [["E", "B", "D"], ["A"]]


def test_text_names_the_colours() -> None:
    (chosen,) = chosen_indicators(["macd(slow=30) / -b-"])
    assert chosen.text == "macd:12:30:9/-b"
    assert chosen_indicators([chosen.text]) == (chosen,)


def test_text_names_every_digit() -> None:
    assert ChosenIndicator("bollinger", (20, 2.0000001)).text == "bollinger:20:2.0000001"
