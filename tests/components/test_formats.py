from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.formats import (
    clock,
    moment,
    percent,
    plain,
    share,
    signed,
    tone,
)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (38533.0, 1, "38,533.0"),
        (-1234.5, 2, "−1,234.50"),
        (Decimal("101607.40"), 2, "101,607.40"),
        (0.06973, 5, "0.06973"),
        (-0.001, 2, "0.00"),
        (None, 2, "–"),
        (float("nan"), 2, "–"),
        (float("inf"), 2, "–"),
    ],
)
def test_plain(value: float | None, decimals: int, text: str) -> None:
    assert plain(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(171.88, "+171.88"), (-84.1, "−84.10"), (0.0, "0.00"), (0.004, "0.00"), (None, "–")],
)
def test_signed(value: float | None, text: str) -> None:
    assert signed(value) == text


def test_percent_has_a_sign_and_a_space_before_the_unit() -> None:
    assert percent(0.0162) == "+1.62 %"
    assert percent(-0.0044) == "−0.44 %"
    assert percent(0) == "0.00 %"
    assert percent(None) == "–"


def test_share_has_no_sign() -> None:
    assert share(0.586) == "58.6 %"
    assert share(None) == "–"


@given(st.floats(allow_nan=True, allow_infinity=True), st.integers(0, 8))
def test_no_number_is_written_with_a_hyphen(value: float, decimals: int) -> None:
    assert "-" not in plain(value, decimals) + signed(value, decimals)


@given(st.floats(-1e12, 1e12), st.integers(0, 8))
def test_what_is_written_can_be_read_back(value: float, decimals: int) -> None:
    read = float(signed(value, decimals).replace(",", "").replace("−", "-"))
    assert abs(read - value) <= 0.5 * 10.0**-decimals + 1e-9 * abs(value)


def test_tone() -> None:
    written = [signed(value) for value in (1, -1, 0, -0.004, None, float("nan"))]
    assert [tone(text) for text in written] == ["up", "down", "flat", "flat", "flat", "flat"]
    assert tone(percent(-0.01)) == "down"


def test_times_are_utc() -> None:
    at = 1_643_662_038 * 10**9
    assert moment(at) == "2022-01-31 20:47:18"
    assert clock(at) == "20:47:18"
