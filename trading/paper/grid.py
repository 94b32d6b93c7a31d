"""The steps of a market: what an order may ask for, and what is made of figures off the steps."""

from collections.abc import Iterator
from math import floor, isfinite
from typing import TypeVar

from msgspec.structs import replace

from market.types import base_currency
from trading.engine.records import DUST
from trading.paper.commands import Change, Place
from trading.paper.risk import Refusal
from trading.paper.tape import Line
from trading.paper.whole import is_whole, times

__all__ = ["fitted", "off_price_step", "off_size_step", "too_small"]

Asked = TypeVar("Asked", Place, Change)

_PRICES = ("limit", "stop", "trail", "stop_loss", "take_profit")


def off_size_step(size: float, line: Line) -> Refusal | None:
    """Why a size that is no whole number of steps cannot be."""
    if _fits(size, line.step):
        return None
    return _off("size", size, line.step, f"sizes of {base_currency(line.symbol)}")


def off_price_step(order: Place | Change, line: Line) -> Refusal | None:
    """Why a price of an order that is no whole number of steps cannot be."""
    if not line.price_step:
        return None
    for name, price in _prices(order):
        if not _fits(price, line.price_step):
            return _off(name, price, line.price_step, f"prices of {line.symbol}")
    return None


def too_small(size: float, price: float, line: Line) -> Refusal | None:
    """Why an order that opens something cannot be as small as that."""
    if size < line.least_size * (1 - DUST):
        base = base_currency(line.symbol)
        return Refusal(
            "step", f"Order refused: size. It was {size:.12g} {base}; the least is "
            f"{line.least_size:.12g}.",
        )  # fmt: skip
    if size * price < line.least_value * (1 - DUST):
        return Refusal(
            "step", f"Order refused: value. It was {size * price:,.10g}; the least that "
            f"{line.symbol} is traded for is {line.least_value:,.10g}.",
        )  # fmt: skip
    return None


def fitted(order: Asked, line: Line) -> Asked:
    """What a program asks for, on the steps: its size cut, its prices the nearest."""
    named: dict[str, float] = {}
    if order.size is not None and isfinite(order.size) and not is_whole(order.size, line.step):
        named["size"] = times(floor(order.size / line.step + DUST), line.step)
    for name, price in _prices(order) if line.price_step else ():
        if isfinite(price) and not is_whole(price, line.price_step):
            named[name] = times(round(price / line.price_step), line.price_step)
    return replace(order, **named) if named else order


def _prices(order: Place | Change) -> Iterator[tuple[str, float]]:
    for name in _PRICES:
        price = getattr(order, name, None)
        if price:
            yield name, price


def _fits(value: float, step: float) -> bool:
    """Whether a value is on the steps; what is no number is refused elsewhere."""
    return not isfinite(value) or is_whole(value, step)


def _off(name: str, value: float, step: float, what: str) -> Refusal:
    below = floor(value / step)
    near = [f"{times(each, step):,.12g}" for each in (below, below + 1) if each > 0]
    return Refusal(
        "step",
        f"Order refused: {name.replace('_', ' ')}. It was {value:,.12g}; {what} go in steps of "
        f"{step:.12g}: {' or '.join(near)}.",
    )
