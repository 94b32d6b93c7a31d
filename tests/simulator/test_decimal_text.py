from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_feed.simulator.decimal_text import fixed, timestamp, trimmed


@pytest.mark.parametrize(
    ("units", "decimals", "all_digits", "short"),
    [
        (670210, 4, "67.0210", "67.021"),
        (4500, 1, "450.0", "450"),
        (0, 8, "0.00000000", "0"),
        (33458, 8, "0.00033458", "0.00033458"),
        (120, 0, "120", "120"),
    ],
)
def test_formats_of_recorded_frames(units: int, decimals: int, all_digits: str, short: str) -> None:
    assert fixed(units, decimals) == all_digits
    assert trimmed(units, decimals) == short


@given(st.integers(0, 10**15), st.integers(0, 8))
@settings(deadline=None)
def test_texts_are_exact(units: int, decimals: int) -> None:
    exact = Decimal(units).scaleb(-decimals)
    assert Decimal(fixed(units, decimals)) == exact
    assert Decimal(trimmed(units, decimals)) == exact


def test_time_has_six_decimals() -> None:
    assert timestamp(1_618_677_809_571_587_000) == "2021-04-17T16:43:29.571587Z"
    assert timestamp(1_618_677_809_000_500_000) == "2021-04-17T16:43:29.000500Z"
