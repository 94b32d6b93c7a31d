"""What may be asked for."""

from typing import Any

import pytest

from chart_acceleration.elements import StudyPane
from chart_acceleration.errors import BadChartSpec, UnknownTheme
from chart_acceleration.spec import ChartSpec, Furniture
from market.types import Interval


def spec(**changes: Any) -> ChartSpec:
    fields: dict[str, Any] = {"symbol": "A", "interval": Interval.M1, "width": 640, "height": 360}
    return ChartSpec(**(fields | changes))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("width", 15),
        ("width", 4097),
        ("height", 0),
        ("scale", 0.5),
        ("scale", float("nan")),
        ("bars", 1),
        ("bars", 100_000_001),
    ],
)
def test_values_out_of_range_name_the_field_and_the_range(field: str, value: float) -> None:
    with pytest.raises(BadChartSpec, match=rf"{field} was {value}; allowed is "):
        spec(**{field: value})


@pytest.mark.parametrize("field", ["width", "height", "bars"])
def test_halves_of_pixels_and_bars_are_refused(field: str) -> None:
    with pytest.raises(BadChartSpec, match=f"{field} was 100.5; allowed is a whole number from "):
        spec(**{field: 100.5})


@pytest.mark.parametrize(
    ("pane", "message"),
    [
        ((float("nan"), None), "finite numbers"),
        ((0.0, float("inf")), "finite numbers"),
        ((None, None, (1.0, float("nan"))), "finite numbers"),
        ((5.0, 1.0), "low was 5.0; allowed is a number below high, which was 1.0"),
        ((3.0, 3.0), "low was 3.0; allowed is a number below high, which was 3.0"),
    ],
)
def test_panes_have_a_range(pane: tuple[Any, ...], message: str) -> None:
    with pytest.raises(BadChartSpec, match=message):
        StudyPane(*pane)


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(UnknownTheme):
        spec(theme="pink")


def test_decimals_are_bounded() -> None:
    with pytest.raises(
        BadChartSpec, match="decimals was 13; allowed is a whole number from 0 to 12"
    ):
        Furniture(legend=False, last_line=False, decimals=13)


def test_equal_views_are_one_view() -> None:
    assert {spec(bars=50): 1}[spec(bars=50)] == 1


def test_css_lengths_become_device_pixels() -> None:
    assert spec(scale=1.5).px(18.0) == 27
    assert spec().px(0.2) == 1
