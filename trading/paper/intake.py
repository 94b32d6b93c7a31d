"""From what is asked for to an order: its size, its exits, and whether the cash carries it.

Sizes by share of the equity and by risk are made of the prices of the moment, costs included:

    by fraction f    size = f × equity / (price × (1 + f × costs))
    by risk r        size = r / (|entry − stop loss| + costs of both fills), a fill's costs being
                     its price × (slippage + fee)

cut to whole steps. An order that opens must find its margin and fees free:

    opened × price / leverage + size × price × fee <= equity − exposure / leverage
"""

from math import floor, isfinite
from typing import final

from market.types import base_currency
from trading.engine.orders import MOST
from trading.engine.records import DUST, Kind, Sizing
from trading.paper.commands import Place
from trading.paper.grid import off_size_step
from trading.paper.risk import Refusal
from trading.paper.tape import Line
from trading.paper.terms import AccountTerms, OrderTerms, Role

__all__ = [
    "Means", "affordable", "asked", "change_to", "entry_price", "sized", "whole", "wrong_exits",
]  # fmt: skip

_STOPS = (Kind.STOP, Kind.STOP_LIMIT, Kind.TRAILING)


@final
class Means:
    """What a portfolio has: equity, the value of its positions, the signed size of the symbol."""

    def __init__(self, equity: float, exposure: float, held: float) -> None:
        self.equity, self.exposure, self.held = equity, exposure, held


def entry_price(place: Place, line: Line) -> float:
    """The price at which an order is counted: its limit, else its stop, else the market's."""
    return place.limit or place.stop or line.expected(place.side)


def sized(place: Place, line: Line, means: Means, terms: AccountTerms) -> float | Refusal:
    """The size of an order, a whole number of steps, or why there is none."""
    given = (place.size is not None) + (place.fraction is not None) + (place.risk is not None)
    if given != 1:
        return _no_size(
            f"{given or 'none'} of size, fraction and risk were given; one of them is needed."
        )
    if place.size is not None:
        return _checked(place, place.size, line, means.held)
    price = entry_price(place, line)
    if not price > 0:
        return Refusal("no_price", f"Order refused: {line.symbol} has no price yet.")
    wanted = (
        _by_fraction(place.fraction, price, means, terms)
        if place.fraction is not None
        else _by_risk(place, price, terms)
    )
    if isinstance(wanted, Refusal):
        return wanted
    size = whole(wanted, line.step)
    if not 0 < size <= MOST:
        base = base_currency(line.symbol)
        return _no_size(
            f"{wanted:.3g} {base} comes of it; allowed is {line.step:.10g} to {MOST:g}."
        )
    return size


def _checked(place: Place, size: float, line: Line, held: float) -> float | Refusal:
    if not (isfinite(size) and 0 < size <= MOST):
        return _no_size(f"It was {size}; allowed is above 0 to {MOST:g}.")
    if place.reduce_only and size == abs(held):  # what is held may be from before the step
        return size
    return off_size_step(size, line) or size


def _by_fraction(
    fraction: float, price: float, means: Means, terms: AccountTerms
) -> float | Refusal:
    if not 0 < fraction <= terms.leverage:
        return _no_size(
            f"The fraction of the equity was {fraction}; with leverage {terms.leverage:g} allowed "
            f"is above 0 to {terms.leverage:g}."
        )
    costs = terms.slippage + (1 + terms.slippage) * terms.taker_fee
    return max(0.0, fraction * means.equity / (price * (1 + fraction * costs)))


def _by_risk(place: Place, price: float, terms: AccountTerms) -> float | Refusal:
    risk, stop = place.risk or 0.0, place.stop_loss
    if not (isfinite(risk) and risk > 0):
        return _no_size(f"The risk was {risk}; allowed is above 0.")
    if not stop > 0:
        return _no_size("By risk it needs a stop loss; none was given.")
    costs = terms.slippage + terms.taker_fee
    return risk / (abs(price - stop) + (price + stop) * costs)


def whole(size: float, step: float) -> float:
    """``size`` cut to whole steps, as the decimal that it is."""
    return float(f"{floor(size / step + DUST) * step:.12g}")


def wrong_exits(place: Place, line: Line) -> Refusal | None:
    """Why the stop loss or take profit of an order cannot be; None when they can."""
    price = entry_price(place, line)
    for name, level, way in (
        ("stop loss", place.stop_loss, -place.side),
        ("take profit", place.take_profit, place.side),
    ):
        if level and (not level > 0 or (level - price) * way <= 0):
            where = "above" if way > 0 else "below"
            return Refusal(
                "exit",
                f"Order refused: {name}. It was {level:.10g}; it must lie {where} the entry at "
                f"{price:.10g}.",
            )
    return None


def asked(place: Place, size: float) -> OrderTerms:
    """The order that is asked for, whether it can be taken or not; no number is NaN or infinite.

    What only reduces protects a position: with a stop it is a stop loss, with a limit a profit.
    """
    role = Role.ENTRY
    if place.reduce_only and place.kind is not Kind.MARKET:
        role = Role.STOP_LOSS if place.kind in _STOPS else Role.TAKE_PROFIT
    shared = place.fraction is not None and place.kind is Kind.MARKET
    return OrderTerms(
        place.symbol, place.side, place.kind, 0.0 if shared else _number(size),
        _number(place.limit), _number(place.stop), _number(place.trail), place.tif,
        place.reduce_only, place.post_only, role, group=place.group,
        sizing=Sizing.SHARE if shared else Sizing.GIVEN,
        share=_number(place.fraction or 0.0) if shared else 0.0,
    )  # fmt: skip


def change_to(fraction: float, line: Line, means: Means, terms: AccountTerms) -> float:
    """The signed size that brings the position to ``fraction`` of the equity at the best prices.

    The line of :mod:`trading.engine.sizing`; the engine sizes the order itself, by what is offered
    beyond the best price too.
    """
    held, equity = means.held, means.equity
    if fraction == 0 or equity <= 0:
        return -held
    side = 1 if fraction * equity > held * line.mark else -1
    price = line.expected(side)
    gap = fraction * equity - held * price
    worth = price * (1 + side * fraction * (terms.slippage + terms.taker_fee))
    if worth <= 0:
        return -held
    size = whole(abs(gap) / worth, line.step)
    return size if gap > 0 else -size


def affordable(
    side: int, size: float, price: float, means: Means, line: Line, terms: AccountTerms
) -> Refusal | None:
    """Why the portfolio cannot carry an order counted at ``price``; None when it can."""
    held = means.held * side
    closing = min(size, -held) if held < 0 else 0.0
    opening = size - closing
    if opening <= DUST * size:
        return None
    fee, leverage = terms.taker_fee, terms.leverage
    needs = opening * price / leverage + size * price * fee
    free = means.equity - (means.exposure - closing * line.mark) / leverage
    if needs <= free + DUST * abs(means.equity):
        return None
    more = max(0.0, free - closing * price * fee) / (price * (1 / leverage + fee))
    fits, base = whole(closing + more, line.step), base_currency(line.symbol)
    return Refusal(
        "cash",
        f"Order refused: cash. Needs {needs:,.2f} {terms.currency}, {max(0.0, free):,.2f} "
        f"available. {f'Size {fits:.12g} {base} fits.' if fits > 0 else 'No size fits.'}",
    )


def _number(value: float) -> float:
    return value if isfinite(value) else 0.0


def _no_size(words: str) -> Refusal:
    return Refusal("size", f"Order refused: size. {words}")
