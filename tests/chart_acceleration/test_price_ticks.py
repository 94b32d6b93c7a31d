"""Ticks of linear, logarithmic and percent axes, and of panes."""

from itertools import pairwise
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.price_ticks import (
    linear_ticks,
    log_ticks,
    pane_ticks,
    percent_ticks,
    short_text,
)
from chart_acceleration.scales import PriceScale, fit, spanning


def log_scale(low: float, high: float, height: int = 400) -> PriceScale:
    return fit(low, high, 0, height, (40.0, 40.0), logarithmic=True)


def test_a_logarithmic_scale_has_equal_rows_for_equal_ratios() -> None:
    scale = log_scale(1.0, 10_000.0, 481)
    assert [scale.row(10.0**power) for power in range(4, -1, -1)] == [40, 140, 240, 340, 440]
    assert scale.price(140.0) == pytest.approx(1000.0)
    assert scale.row(0.0) == scale.row(-3.0) == 480


def test_a_flat_logarithmic_range_is_widened_by_a_thousandth() -> None:
    scale = log_scale(5.0, 5.0)
    assert 190 <= scale.row(5.0) <= 210
    assert scale.price(40.0) == pytest.approx(5.0 * 1.001, rel=1e-5)


def test_decades_have_ticks_at_1_2_and_5() -> None:
    ticks = log_ticks(log_scale(3.0, 300.0), 1, 1.0)
    assert ticks.values == (500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0, 2.0)
    assert [ticks.text(value) for value in (200.0, 5.0)] == ["200.0", "5.0"]


def test_many_decades_have_every_second_or_third_one() -> None:
    ticks = log_ticks(log_scale(1e-9, 1e12, 300), 2, 1.0)
    ratios = {round(log(a / b, 10)) for a, b in pairwise(ticks.values)}
    assert ratios == {2}
    assert ticks.text(1e-9) == "0.0000000010"


@given(st.floats(1e-6, 1e6), st.floats(1.0001, 9.0), st.sampled_from([1.0, 2.0, 3.0]))
def test_within_a_decade_ticks_are_multiples_of_one_step_with_room(
    low: float, ratio: float, css: float
) -> None:
    scale = log_scale(low, low * ratio, round(400 * css))
    values = log_ticks(scale, 2, css).values
    if len(values) > 1 and scale.top - scale.bottom < log(10.0):
        step = values[-2] - values[-1]
        assert all(abs(value / step - round(value / step)) < 1e-3 for value in values)
        assert scale.row(values[1]) - scale.row(values[0]) >= 16 * css
    assert len(values) >= 2


def test_percent_ticks_are_whole_steps_from_the_base() -> None:
    scale = fit(97.0, 106.0, 0, 400, (40.0, 40.0))
    ticks = percent_ticks(scale, 100.0, 3, 1.0)
    assert [ticks.text(value) for value in ticks.values] == [
        "+7.00 %", "+6.00 %", "+5.00 %", "+4.00 %", "+3.00 %", "+2.00 %", "+1.00 %",
        "0.00 %", "−1.00 %", "−2.00 %", "−3.00 %", "−4.00 %",
    ]  # fmt: skip
    assert ticks.text(101.5) == "+1.50 %"
    assert ticks.decimals == 3
    assert percent_ticks(scale, -100.0, 3, 1.0).text(-99.0) == "+1.00 %"


def test_linear_ticks_have_the_decimals_of_the_market_or_the_step() -> None:
    assert linear_ticks(fit(1.0, 2.0, 0, 400, (0.0, 0.0)), 0, 1.0).text(1.5) == "1.5"
    assert linear_ticks(fit(1.0, 2.0, 0, 400, (0.0, 0.0)), 4, 1.0).text(1.5) == "1.5000"


@given(st.integers(36, 400), st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_panes_have_at_most_four_ticks_with_room(height: int, low: float, size: float) -> None:
    scale = fit(low, low + size, 10, height, (8.0, 4.0))
    values = pane_ticks(scale, 1.0, known=True).values
    rows = [scale.row(value) for value in values]
    assert (2 if height >= 80 else 0) <= len(rows) <= 4
    assert all(below - above >= 15 for above, below in pairwise(rows))
    assert all(10 + 8 - 1 <= row <= 10 + height - 8 + 1 for row in rows)
    assert pane_ticks(scale, 1.0, known=False).values == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"), (63.44, "63.4"), (-9_999.0, "−9,999.0"), (12_345.0, "12.3K"),
        (-54_812_345.0, "−54.8M"), (1_234_567.0, "1.23M"), (2.5e9, "2.50B"), (1e15, "1,000.0T"),
    ],
)  # fmt: skip
def test_large_values_are_written_with_a_letter(value: float, text: str) -> None:
    assert short_text(value, 1) == text


def test_the_top_of_the_largest_prices_is_finite() -> None:
    scale = log_scale(1e290, 1.7e308)
    assert scale.price(0.0) < float("inf")
    assert log_ticks(scale, 2, 1.0).values


@pytest.mark.parametrize("low", [-7e307, -1e306, 1e306, 1e307, 9e307])
@pytest.mark.parametrize("height", [16, 250, 4096])
def test_the_largest_ranges_have_few_ticks(low: float, height: int) -> None:
    scale = spanning(low, 9.9e307, 0, height, False)
    made = [linear_ticks(scale, 2, 1.0), percent_ticks(scale, 38_500.0, 2, 1.0)]
    if low > 0:
        made.append(log_ticks(spanning(low, 9.9e307, 0, height, True), 2, 1.0))
    assert all(len(ticks.values) <= height / 20 + 2 for ticks in made)
