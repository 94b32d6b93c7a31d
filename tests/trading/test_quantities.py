"""What is a size and what is a price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.errors import BadQuantity
from trading.quantities import checked_size, parse_size, to_price


@pytest.mark.parametrize(
    ("text", "size"),
    [("0.25", "0.25"), (" 1.500 ", "1.5"), ("7", "7"), (".5", "0.5"), ("0.00000001", "1E-8")],
)
def test_sizes_are_read(text: str, size: str) -> None:
    assert parse_size(text) == Decimal(size)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nan", "Size was 'nan'; allowed is a number"),
        ("inf", "allowed is a number"),
        ("1e3", "allowed is a number"),
        ("1_000", "allowed is a number"),
        ("٣", "allowed is a number"),
        ("", "Size was ''"),
        ("half", "Size was 'half'"),
        ("0", "Size was 0; it must be above zero"),
        ("-0.5", "Size was -0.5; it must be above zero"),
        ("0.123456789", "allowed are 8 digits after the point"),
        ("1000000000001", "the most allowed is 1,000,000,000,000"),
        ("9" * 1000, "allowed is a number"),
    ],
)
def test_other_texts_are_refused_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(BadQuantity) as caught:
        parse_size(text)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 120


def test_digits_follow_the_symbol() -> None:
    assert parse_size("0.12", 2) == Decimal("0.12")
    with pytest.raises(BadQuantity, match=r"Size was 0.123; allowed are 2 digits"):
        parse_size("0.123", 2)


@pytest.mark.parametrize("size", ["NaN", "sNaN", "Infinity", "-1", "0", "1E+999999", "1E-9"])
def test_decimals_from_elsewhere_are_checked_too(size: str) -> None:
    with pytest.raises(BadQuantity):
        checked_size(Decimal(size))


def test_digits_beyond_the_context_are_not_rounded_away() -> None:
    with pytest.raises(BadQuantity, match="digits after the point"):
        checked_size(Decimal("1." + "0" * 90 + "1"))


@given(st.floats(1e-10, 1e12))
def test_prices_keep_their_digits_up_to_the_tenth(value: float) -> None:
    price = to_price(value)
    assert abs(price - Decimal(repr(value))) <= Decimal("5E-11")
    assert -int(price.as_tuple().exponent) <= 10


def test_prices_are_taken_as_written() -> None:
    assert to_price(0.06823) == Decimal("0.06823")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, -1.0, 1e-11, 1e13])
def test_impossible_prices_are_refused(value: float) -> None:
    with pytest.raises(BadQuantity, match="Price was"):
        to_price(value)
