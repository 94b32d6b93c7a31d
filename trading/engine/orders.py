"""Orders as a person writes them, and the sentences when one makes no sense."""

from math import isfinite
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from market.types import Side
from trading.engine.records import POST_ONLY, REDUCE_ONLY, Books, Kind, Sizing, State, TimeInForce
from trading.errors import BadOrder

__all__ = ["MOST", "Bracket", "Order", "bracket_orders", "check_order"]

MOST = 1e12
"""The largest size and the highest price of an order."""
STEP_TOLERANCE = 1e-6
ROUNDING = 1e-15


class Order(Struct, frozen=True, kw_only=True):
    """What to trade: ``size`` in base currency, prices in quote currency, 0 where not used.

    ``limit`` belongs to LIMIT and STOP_LIMIT, ``stop`` to STOP and STOP_LIMIT, ``trail``, a
    distance in price, to TRAILING. ``parent`` is the number of the order that must fill first,
    ``group`` a number shared by orders of which one cancels the others. Unless ``sizing`` is GIVEN,
    ``size`` is 0 and ``share`` says which part of the equity a market order trades; for a TARGET
    it is negative below zero, and ``side`` is not looked at.
    """

    symbol: str
    side: Side
    size: float
    kind: Kind = Kind.MARKET
    limit: float = 0.0
    stop: float = 0.0
    trail: float = 0.0
    tif: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    post_only: bool = False
    parent: int = 0
    group: int = 0
    share: float = 0.0
    sizing: Sizing = Sizing.GIVEN

    @property
    def flags(self) -> int:
        """The switches as they stand in the records."""
        return REDUCE_ONLY * self.reduce_only + POST_ONLY * self.post_only


class Bracket(NamedTuple):
    """Numbers of an entry and the orders that close it; 0 where there is none."""

    entry: int
    stop: int
    target: int


_PRICES = {
    "limit": (Kind.LIMIT, Kind.STOP_LIMIT),
    "stop": (Kind.STOP, Kind.STOP_LIMIT),
    "trail": (Kind.TRAILING,),
}


def check_order(order: Order, symbol: int, books: Books) -> None:
    """Raise :class:`BadOrder` unless ``order`` of the symbol with this index can be placed."""
    if order.sizing is Sizing.GIVEN:
        _check_size(order, float(books.positions[symbol]["size_step"]), books)
    else:
        _check_share(order, float(books.account[0]["leverage"]))
    for name, kinds in _PRICES.items():
        price = getattr(order, name)
        if order.kind in kinds and not 0 < price <= MOST:
            raise BadOrder(
                f"{_called(order)} has the {name} {price}; allowed is above 0 to {MOST:g}."
            )
        if order.kind not in kinds and price != 0:
            raise BadOrder(f"{_called(order)} has no {name}, but {price} was given.")
    if order.post_only and ("limit" not in _prices_of(order) or order.tif != TimeInForce.GTC):
        raise BadOrder(
            f"{_called(order)} {order.tif.name} cannot be post-only; only a limit order that "
            "stays until cancelled can."
        )
    _check_links(order, symbol, books)


def bracket_orders(entry: Order, parent: int, stop: float, target: float) -> tuple[Order, ...]:
    """The orders that close ``entry`` at a loss (``stop``) or a profit (``target``), 0 for none.

    They work for what the entry, order number ``parent``, has filled; a fill of one is taken off
    the other. Raises :class:`BadOrder` when both are 0 or stand on the wrong sides of each other.
    """
    side = Side(-entry.side)
    if not stop and not target:
        raise BadOrder("A bracket has a stop, a target or both; none was given.")
    if stop and target and (target - stop) * entry.side <= 0:
        raise BadOrder(
            f"The bracket's target {target} must lie {'above' if entry.side > 0 else 'below'} its "
            f"stop {stop}: the entry {'buys' if entry.side > 0 else 'sells'}."
        )
    child = Order(
        symbol=entry.symbol, side=side, size=entry.size, reduce_only=True, parent=parent,
        group=parent,
    )  # fmt: skip
    legs = []
    if stop:
        legs.append(replace(child, kind=Kind.STOP, stop=stop))
    if target:
        legs.append(replace(child, kind=Kind.LIMIT, limit=target))
    return tuple(legs)


def _called(order: Order) -> str:
    return f"A {order.kind.name.lower().replace('_', '-')} order"


def _prices_of(order: Order) -> set[str]:
    return {name for name, kinds in _PRICES.items() if order.kind in kinds}


def _check_size(order: Order, step: float, books: Books) -> None:
    size = order.size
    if order.share:
        raise BadOrder(
            f"{_called(order)} of a given size has no share, but {order.share} was given."
        )
    if size == 0 and _awaits_size(order.parent, books):
        return
    if not (isfinite(size) and 0 < size <= MOST):
        raise BadOrder(f"The size was {size}; allowed is above 0 to {MOST:g}.")
    if step > 0:
        steps = size / step
        if round(steps) < 1 or abs(steps - round(steps)) > STEP_TOLERANCE + ROUNDING * steps:
            raise BadOrder(f"The size was {size:.12g}; allowed are multiples of {step:.12g}.")


def _awaits_size(parent: int, books: Books) -> bool:
    """Whether ``parent`` is an order whose size, and so its children's, comes when it starts."""
    if not 1 <= parent <= books.account[0]["orders"]:
        return False
    order = books.orders[parent - 1]
    return bool(order["sizing"] != Sizing.GIVEN and order["size"] == 0)


def _check_share(order: Order, leverage: float) -> None:
    if order.kind is not Kind.MARKET or order.size or order.parent or order.group:
        raise BadOrder(
            f"{_called(order)} cannot be sized by share; only a market order without size, parent "
            "and group can."
        )
    least = -leverage if order.sizing is Sizing.TARGET else 0.0
    given = least <= order.share <= leverage and (order.share > 0 or least < 0)
    if not given:
        raise BadOrder(
            f"The share of equity was {order.share:g}; with leverage {leverage:g} allowed is "
            f"{f'{least:g}' if least else 'above 0'} to {leverage:g}."
        )


def _check_links(order: Order, symbol: int, books: Books) -> None:
    count = int(books.account[0]["orders"])
    if order.parent:
        if not 1 <= order.parent <= count:
            raise BadOrder(f"The parent {order.parent} is no order; there are {count}.")
        parent = books.orders[order.parent - 1]
        if parent["symbol"] != symbol:
            raise BadOrder(f"The parent {order.parent} trades another symbol than {order.symbol}.")
        if parent["state"] > State.WORKING and not parent["filled"]:
            raise BadOrder(f"The parent {order.parent} has ended without filling anything.")
    if order.group:
        live = books.orders[books.live[: books.account[0]["live"]]]
        if (live["symbol"][live["group"] == order.group] != symbol).any():
            raise BadOrder(f"Group {order.group} trades another symbol than {order.symbol}.")
    if order.group < 0:
        raise BadOrder(f"The group was {order.group}; allowed is 0 (none) or above.")
