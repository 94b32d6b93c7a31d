"""Texts and floats from outside into the decimals that accounts keep."""

import re
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from math import isfinite

from trading.errors import BadQuantity

__all__ = ["MONEY", "PRICE_DECIMALS", "SIZE_DECIMALS", "checked_size", "parse_size", "to_price"]

SIZE_DECIMALS = 8
PRICE_DECIMALS = 10
MAX_SIZE = Decimal(10) ** 12
MAX_PRICE = 1e12
_NUMBER = re.compile(r"-?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})")

MONEY = Context(
    prec=80, rounding=ROUND_HALF_EVEN, traps=[InvalidOperation, DivisionByZero, Overflow]
)
"""Wide enough that sums and products of what is allowed here are never rounded: 10 + 8 decimals of
a slipped price, 8 of a size, 8 of a fee rate, before them 12 digits each of price and size."""


def parse_size(text: str, decimals: int = SIZE_DECIMALS) -> Decimal:
    """The size written in ``text``, like ``0.25``.

    Allowed are numbers above zero, up to 10^12, with at most ``decimals`` digits after the point.
    Raises :class:`BadQuantity` saying what is wrong.
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise BadQuantity(f"Size was {text[:40]!r}; allowed is a number above zero, like 0.25.")
    size = Decimal(text.strip())
    return checked_size(size, decimals)


def checked_size(size: Decimal, decimals: int = SIZE_DECIMALS) -> Decimal:
    """``size`` itself when it is allowed (see :func:`parse_size`), without trailing zeros."""
    words = str(size)[:40]
    if not size.is_finite():
        raise BadQuantity(f"Size was {words}; allowed is a finite number.")
    if size <= 0:
        raise BadQuantity(f"Size was {words}; it must be above zero.")
    if size > MAX_SIZE:
        raise BadQuantity(f"Size was {words}; the most allowed is {MAX_SIZE:,f}.")
    trimmed = size.normalize(MONEY)
    if trimmed != size or -int(trimmed.as_tuple().exponent) > decimals:
        raise BadQuantity(f"Size was {words}; allowed are {decimals} digits after the point.")
    return trimmed


def to_price(value: float) -> Decimal:
    """A market price in decimals as it is written, at most 10 digits after the point.

    Raises :class:`BadQuantity` unless it is finite, at least 10^-10 and at most 10^12.
    """
    if not isfinite(value) or not 10.0**-PRICE_DECIMALS <= value <= MAX_PRICE:
        raise BadQuantity(f"Price was {value}; allowed is 1e-{PRICE_DECIMALS} to {MAX_PRICE:g}.")
    price = Decimal(repr(float(value)))
    if -int(price.as_tuple().exponent) > PRICE_DECIMALS:
        price = price.quantize(Decimal(1).scaleb(-PRICE_DECIMALS), ROUND_HALF_EVEN, MONEY)
    return price
