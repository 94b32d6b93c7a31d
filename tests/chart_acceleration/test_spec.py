"""What may be asked for."""

from typing import Any

import pytest

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


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(UnknownTheme):
        spec(theme="pink")


def test_decimals_are_bounded() -> None:
    with pytest.raises(BadChartSpec, match="decimals was 13; allowed is 0 to 12"):
        Furniture(legend=False, last_line=False, decimals=13)


def test_equal_views_are_one_view() -> None:
    assert {spec(bars=50): 1}[spec(bars=50)] == 1


def test_css_lengths_become_device_pixels() -> None:
    assert spec(scale=1.5).px(18.0) == 27
    assert spec().px(0.2) == 1
