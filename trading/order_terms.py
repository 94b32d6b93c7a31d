"""What a strategy writes into an order, and the order that the engine makes of it."""

from math import floor
from typing import NamedTuple, TypedDict

from market.types import Side
from trading.engine.orders import Order
from trading.engine.records import DUST, Kind, Sizing, TimeInForce
from trading.errors import BadOrder
from trading.hand import Hand

__all__ = ["Terms", "Wish", "enter"]


class Terms(TypedDict, total=False):
    """What an order says beyond side and size. Prices in quote currency.

    ``limit`` and ``stop`` together make a stop-limit order; ``trail`` is a trailing stop's distance
    in price; ``stop_loss`` and ``take_profit`` are the prices of orders that close what it filled.
    """

    limit: float
    stop: float
    trail: float
    stop_loss: float
    take_profit: float
    tif: TimeInForce
    reduce_only: bool
    post_only: bool


class Wish(NamedTuple):
    """An order before anything was checked; one of ``size`` and ``fraction`` is given."""

    symbol: str
    side: Side
    size: float | None
    fraction: float | None
    terms: Terms


def enter(hand: Hand, wish: Wish, time_ns: int) -> int:
    """Place what is wished with its bracket at a close; the order's number.

    Raises :class:`BadOrder`; then nothing was placed.
    """
    terms = _named(wish.terms)
    order = _written(hand, wish, terms)
    price, side = _reference(hand, wish.symbol, terms), int(wish.side)
    stop, target = terms.get("stop_loss"), terms.get("take_profit")
    if stop is None and target is None:
        return hand.place(order, time_ns)
    if stop is not None:
        _check_exit("stop-loss", stop, price, -side)
    if target is not None:
        _check_exit("take-profit", target, price, side)
    return hand.place_bracket(order, stop or 0.0, target or 0.0, time_ns).entry


def _written(hand: Hand, wish: Wish, terms: Terms) -> Order:
    if (wish.size is None) == (wish.fraction is None):
        raise BadOrder("An order has either a size or a fraction of the equity; give one of them.")
    kind, size, share = _kind_of(terms), wish.size or 0.0, 0.0
    if wish.fraction is not None:
        if kind is Kind.MARKET:
            share = wish.fraction
        else:
            size = _affordable(hand, wish.symbol, wish.fraction, terms)
    sizing = Sizing.SHARE if kind is Kind.MARKET and wish.fraction is not None else Sizing.GIVEN
    return Order(
        symbol=wish.symbol, side=wish.side, size=size, kind=kind,
        limit=terms.get("limit", 0.0), stop=terms.get("stop", 0.0), trail=terms.get("trail", 0.0),
        tif=terms.get("tif", TimeInForce.GTC), reduce_only=terms.get("reduce_only", False),
        post_only=terms.get("post_only", False), share=share, sizing=sizing,
    )  # fmt: skip


def _reference(hand: Hand, symbol: str, terms: Terms) -> float:
    """The price that the order expects: its own, or the newest; 0 before the first candle."""
    return terms.get("limit", terms.get("stop", hand.price(symbol)))


def _affordable(hand: Hand, symbol: str, fraction: float, terms: Terms) -> float:
    """The size that an order with a price of its own can pay with ``fraction`` of the equity."""
    engine, price = hand.engine, _reference(hand, symbol, terms)
    leverage = engine.policies.margin.leverage
    if not 0 < fraction <= leverage:
        raise BadOrder(
            f"The fraction of equity was {fraction:g}; with leverage {leverage:g} allowed is above "
            f"0 to {leverage:g}."
        )
    slippage, fee = engine.policies.slippage.fraction, engine.policies.fees.taker
    cost = slippage + (1 + slippage) * fee
    size = fraction * engine.equity / (price * (1 + fraction * cost)) if price > 0 else 0.0
    step = float(engine.positions[engine.symbols.index(symbol)]["size_step"])
    size = floor(size / step + DUST) * step if step > 0 else size
    if size <= 0:
        raise BadOrder(
            f"{fraction:g} of the equity {engine.equity:g} makes no size of {symbol} at {price:g}."
        )
    return size


def _check_exit(name: str, level: float, price: float, way: int) -> None:
    """``way`` is where it must lie seen from ``price``: 1 above, -1 below."""
    if not level > 0:
        raise BadOrder(f"The {name} was {level}; allowed is above 0.")
    if price > 0 and (level - price) * way <= 0:
        raise BadOrder(
            f"The {name} {level:g} must lie {'above' if way > 0 else 'below'} the price {price:g} "
            "of its entry."
        )


def _named(terms: Terms) -> Terms:
    """``terms`` without those that are None; raises :class:`BadOrder` for one that is unknown."""
    known, kept = Terms.__annotations__, terms.copy()
    for name, value in terms.items():
        if name not in known:
            raise BadOrder(f"An order has no {name!r}; it may have {', '.join(known)}.")
        if value is None:
            kept.pop(name)  # type: ignore[misc]
    return kept


def _kind_of(terms: Terms) -> Kind:
    """What an order with these prices is; raises :class:`BadOrder` where they contradict."""
    if "trail" in terms:
        if "limit" in terms or "stop" in terms:
            raise BadOrder("A trailing stop has neither limit nor stop; they were given with it.")
        return Kind.TRAILING
    if "limit" in terms:
        return Kind.STOP_LIMIT if "stop" in terms else Kind.LIMIT
    return Kind.STOP if "stop" in terms else Kind.MARKET
