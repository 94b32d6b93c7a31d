"""How numbers are written."""

import pytest

from chart_acceleration.numbers import (
    countdown_text,
    percent_text,
    price_text,
    signed_text,
    volume_text,
)
from market.types import SECOND


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (38_533.0, 1, "38,533.0"),
        (-5.25, 2, "−5.25"),
        (1e9, 0, "1,000,000,000"),
        (1e-8, 8, "0.00000001"),
    ],
)
def test_prices(value: float, decimals: int, text: str) -> None:
    assert price_text(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(31.0, 1, "+31.0"), (-0.00031, 5, "−0.00031"), (0.0, 2, "0.00"), (-0.001, 2, "0.00")],
)
def test_changes_carry_their_sign(value: float, decimals: int, text: str) -> None:
    assert signed_text(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.0312, "0.0312"),
        (2.5, "2.50"),
        (21.1, "21.1"),
        (203.4, "203"),
        (2977.2, "2,977"),
        (6_350_000.0, "6.35M"),
        (1.2e9, "1.20B"),
        (3e12, "3.00T"),
    ],
)
def test_volumes(value: float, text: str) -> None:
    assert volume_text(value) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1.5, 2, "+1.50 %"),
        (-0.25, 2, "−0.25 %"),
        (0.0, 2, "0.00 %"),
        (-0.001, 2, "0.00 %"),
        (12_345.6, 1, "+12,345.6 %"),
        (-3.0, 0, "−3 %"),
    ],
)
def test_per_cent(value: float, decimals: int, text: str) -> None:
    assert percent_text(value, decimals) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0:00"),
        (0, "0:00"),
        (42, "0:42"),
        (60, "1:00"),
        (762, "12:42"),
        (3599, "59:59"),
        (3600, "1:00:00"),
        (3762, "1:02:42"),
        (86_399, "23:59:59"),
        (86_400, "1d 0h"),
        (273_600, "3d 4h"),
        (277_199, "3d 4h"),
    ],
)
def test_countdowns(seconds: int, text: str) -> None:
    assert countdown_text(seconds * SECOND) == text


def test_a_begun_second_counts() -> None:
    assert countdown_text(41 * SECOND + 1) == "0:42"
    assert countdown_text(1) == "0:01"
    assert countdown_text(-1) == "0:00"
