"""Price to row, and ticks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_acceleration.price_ticks import multiples, tick_step
from chart_acceleration.scales import PriceScale, fit


def test_highest_and_lowest_keep_their_margins() -> None:
    scale = fit(100.0, 200.0, 0, 201, (40.0, 60.0))
    assert scale.row(200.0) == 40
    assert scale.row(100.0) == 201 - 60 - 1
    assert scale.price(40.0) == pytest.approx(200.0)


def test_a_flat_price_sits_between_the_margins() -> None:
    assert fit(50.0, 50.0, 0, 101, (20.0, 20.0)).row(50.0) == 50
    assert fit(0.0, 0.0, 0, 101, (20.0, 20.0)).row(0.0) == 50


@pytest.mark.parametrize(
    ("low", "high"),
    [(1e-310, 2e-310), (5e-324, 5e-324), (1.0, 1.0000000000000002), (1e14, 1e14 + 0.02)],
)
def test_a_range_too_small_for_floats_is_flat(low: float, high: float) -> None:
    scale = fit(low, high, 0, 401, (40.0, 80.0))
    assert scale.row(low) == scale.row(high) == 180
    step, _ = tick_step(44.0 / scale.per_price)
    ticks = multiples(scale.bottom, scale.top, step)
    assert len(set(map(scale.row, ticks))) == len(ticks) > 4


def test_prices_outside_are_clamped_to_the_plot() -> None:
    scale = PriceScale(100.0, 1.0, 0, 50)
    assert (scale.row(1e12), scale.row(-1e12)) == (0, 49)
    assert scale.bottom == 50.0


@given(st.floats(1e-9, 1e9), st.floats(1e-6, 10.0))
def test_higher_prices_are_never_lower_rows(low: float, share: float) -> None:
    scale = fit(low, low * (1 + share), 0, 400, (30.0, 70.0))
    rows = [scale.row(low * (1 + share * part / 8)) for part in range(9)]
    assert rows == sorted(rows, reverse=True)


@pytest.mark.parametrize(
    ("per_tick", "step", "decimals"),
    [
        (44.0, 50.0, 0),
        (230.0, 250.0, 0),
        (0.23, 0.25, 2),
        (0.0021, 0.002, 3),
        (9.0, 10.0, 0),
        (2.4, 2.5, 1),
    ],
)
def test_steps_are_1_2_25_5(per_tick: float, step: float, decimals: int) -> None:
    found, found_decimals = tick_step(per_tick)
    assert found == pytest.approx(step)
    assert found_decimals == decimals


@given(st.floats(1e-10, 1e12))
def test_the_step_is_near_what_was_asked(per_tick: float) -> None:
    step, decimals = tick_step(per_tick)
    assert 0.6 <= step / per_tick <= 1.6
    assert abs(step * 10**decimals - round(step * 10**decimals)) < 1e-6 * step * 10**decimals


def test_ticks_are_multiples_inside_the_scale() -> None:
    scale = PriceScale(101.0, 10.0, 0, 100)  # 101 down to 91
    assert multiples(scale.bottom, scale.top, 2.5) == (100.0, 97.5, 95.0, 92.5)
