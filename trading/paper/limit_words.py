"""Numbers and sentences of refusals: what it was, what is allowed, what would fit."""

from math import floor, isfinite

from market.types import base_currency

__all__ = ["collar_words", "fitting", "limit_words", "percent", "price_words", "size_words"]

_LEAST_DECIMALS = 4
_MOST_DECIMALS = 8


def limit_words(name: str, worth: float, limit: float, currency: str) -> str:
    """``exposure limit. 52,400 of 50,000 USD.``, with as many digits as tell the two apart."""
    most = used = ""
    for digits in (0 if limit >= 1000 else 2, 2, _LEAST_DECIMALS, _MOST_DECIMALS):
        used, most = f"{worth:,.{digits}f}", f"{limit:,.{digits}f}"
        if used != most or worth == limit:
            break
    return f"{name} limit. {used} of {most} {currency}."


def fitting(size: float, symbol: str) -> str:
    """Which size would have been taken: ``Size 0.4370 BTC fits.``"""
    digits = _LEAST_DECIMALS if size >= 1000 * 10.0**-_LEAST_DECIMALS else _MOST_DECIMALS
    # 0.25 that came out as 0.24999999999999994 is 0.25; limits bear that much.
    steps = floor(size * (1 + 1e-12) * 10**digits) if isfinite(size) else 0
    if steps <= 0:
        return "No size fits."
    return f"Size {steps / 10**digits:,.{digits}f} {base_currency(symbol)} fits."


def collar_words(price: float, collar: float, middle: float) -> str:
    """A price that is too far from the middle of the market."""
    low, high = price_words(max(0.0, middle * (1 - collar))), price_words(middle * (1 + collar))
    return (
        f"price collar. {price_words(price)} is more than {percent(collar)} % from the market at "
        f"{price_words(middle)}; allowed is {low} to {high}."
    )


def percent(fraction: float) -> str:
    """``5`` of 0.05, at most two digits after the point."""
    return f"{fraction * 100:.2f}".rstrip("0").rstrip(".")


def price_words(price: float) -> str:
    """A price with the digits that it has."""
    return f"{price:,.10g}"


def size_words(size: float) -> str:
    """At least four digits after the point, more where the size has them."""
    text = f"{size:,.{_MOST_DECIMALS}f}"
    return text[: len(text) - _LEAST_DECIMALS] + text[-_LEAST_DECIMALS:].rstrip("0")
